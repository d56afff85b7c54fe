// The dashboard: reads /v1/status and /v1/journal, follows /v1/events, and asks for changes. It knows
// nothing that the control API does not say.
'use strict';

const $ = (id) => document.getElementById(id);
const token_key = 'switchyard-token';
let status = null;
let last_event = '';
let refreshing = null;
let again = false;

function authorization() {
  const token = sessionStorage.getItem(token_key);
  return token ? {Authorization: `Bearer ${token}`} : {};
}

function ask_token() {
  const dialog = $('sign-in');
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      sessionStorage.setItem(token_key, $('token').value);
      $('token').value = '';
      resolve();
    }, {once: true});
  });
}

// One sign-in for all the calls that were refused meanwhile.
let signing_in = null;
function sign_in() {
  signing_in = signing_in || ask_token().finally(() => { signing_in = null; });
  return signing_in;
}

async function call(path, options = {}) {
  for (;;) {
    const used = sessionStorage.getItem(token_key);
    const answer = await fetch(path, {...options, headers: {...options.headers, ...authorization()}});
    if (answer.status !== 401) return answer;
    if (used === sessionStorage.getItem(token_key)) await sign_in();
  }
}

function cells(row, texts) {
  for (const {text, kind} of texts) {
    const cell = row.insertCell();
    cell.textContent = text;
    if (kind) cell.className = kind;
  }
}

function fill(id, rows) {
  const body = $(id).tBodies[0];
  body.replaceChildren();
  for (const row of rows) cells(body.insertRow(), row);
}

const plain = (text) => ({text: String(text)});
const gate_cell = (open) => ({text: open ? 'open' : 'shut', kind: open ? '' : 'shut'});
const ms = (value) => plain(`${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

function color_row(name) {
  const color = status.colors[name];
  return [
    {text: name + (status.live === name ? ' (live)' : ''), kind: name},
    plain(color.version || 'unknown'), gate_cell(color.gate.open),
    plain(`${color.weight} %`), plain(`${color.effective} %`), plain(color.rps.toFixed(1)),
    plain(`${color.errors} of ${color.n}`), ms(color.p50_ms), ms(color.p99_ms),
    plain(color.in_flight), plain(color.gate.open ? color.verdict : color.gate.reason),
  ];
}

function time(seconds) {
  const whole = Math.round(seconds);
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${whole} s`;
}

// For a gate or an approver: the hold that is named is not in force yet.
const waiting = (rollout) => rollout.phase === 'gating' || rollout.phase === 'approval';

function hold_item(hold, index, rollout) {
  const item = document.createElement('li');
  item.textContent = `${hold.percent} %`;
  if (index + 1 < rollout.hold) item.className = `past ${rollout.color}`;
  if (index + 1 === rollout.hold && !waiting(rollout)) {
    item.className = rollout.color;
    item.setAttribute('aria-current', 'step');
  }
  const small = document.createElement('small');
  small.textContent = `${time(hold.for_seconds)}, ${hold.requests} requests`;
  item.append(small);
  return item;
}

function show_approval(rollout) {
  const {approval} = rollout;
  $('rollout-approval').hidden = !approval;
  $('approve').hidden = !approval || !rollout.version;
  if (!approval) return;
  $('rollout-approval').textContent = approval.approved_by
    ? `Approved by ${approval.approved_by} until ${new Date(approval.approved_until).toLocaleString()}.`
    : `Before ${approval.before} % an approver must agree.`;
}

function show_rollout(rollout) {
  $('rollout').hidden = !rollout;
  $('no-rollout').hidden = Boolean(rollout);
  if (!rollout) return;
  $('rollout-what').textContent = `${rollout.id}: ${rollout.color} ${rollout.version || '(any version)'} by plan ${rollout.plan}`;
  $('rollout-what').className = rollout.color;
  $('rollout-who').textContent = `begun by ${rollout.actor}${rollout.reason ? `: ${rollout.reason}` : ''}`;
  $('holds').replaceChildren(...rollout.holds.map((hold, index) => hold_item(hold, index, rollout)));
  const said = rollout.standing.includes(rollout.phase);
  const standing = said ? rollout.standing : `${rollout.phase}: ${rollout.standing}`;
  if ($('rollout-standing').textContent !== standing) $('rollout-standing').textContent = standing;
  const whole = rollout.held_seconds + rollout.left_seconds;
  $('hold-time').hidden = waiting(rollout);
  $('hold-time').value = whole > 0 ? rollout.held_seconds / whole : 1;
  $('hold-left').textContent = rollout.requests_needed > 0
    ? `${time(rollout.left_seconds)} and ${rollout.requests_needed} requests left`
    : `${time(rollout.left_seconds)} left`;
  $('pause').textContent = rollout.paused ? 'Resume' : 'Pause';
  show_approval(rollout);
}

function show_verdict(verdict) {
  $('verdict').hidden = verdict.kind === 'none';
  $('verdict-kind').textContent = `Verdict: ${verdict.kind}.`;
  $('verdict-kind').className = verdict.kind === 'breach' || verdict.kind === 'shared' ? 'shut' : '';
  $('verdict-words').textContent = verdict.words;
  $('verdict-numbers').textContent =
    `${verdict.failures} failures (${verdict.charged} charged) in ${verdict.requests} requests · ` +
    `tolerated ${verdict.tolerated_percent} % · absolute ${verdict.absolute.toFixed(1)} of 13.8 · ` +
    `relative ${verdict.relative.toFixed(1)} · slower ${verdict.slower.toFixed(1)} · ` +
    `replays answered well by live ${verdict.pairs_for}, badly ${verdict.pairs_against}`;
}

function show_last(last) {
  $('last-rollout').hidden = !last;
  if (!last) return;
  $('last-rollout').textContent = `Last: ${last.id}, ${last.color} ${last.version}, ${last.outcome} ` +
    `at ${new Date(last.at).toLocaleString()}${last.why ? `: ${last.why}` : ''}`;
}

function show() {
  show_rollout(status.rollout);
  show_verdict(status.verdict);
  show_last(status.last_rollout);
  $('unguarded').hidden = status.guarded;
  $('app').textContent = `${status.app} · ${status.environment}`;
  document.title = `${status.phase} · ${status.app} ${status.environment}`;
  $('phase').textContent = status.phase;
  $('generation').textContent = status.generation;
  $('since').textContent = new Date(status.since).toLocaleString();
  $('since').dateTime = status.since;
  $('note').textContent = status.note;
  $('note').hidden = !status.note;
  $('maintenance').textContent = status.maintenance ? 'Maintenance off' : 'Maintenance on';
  const {blue, green} = status.colors;
  const [left, right] = $('bar').children;
  left.style.width = `${blue.effective}%`;
  right.style.width = `${green.effective}%`;
  $('bar').setAttribute('aria-label', `Blue ${blue.effective} %, green ${green.effective} %`);
  if (document.activeElement !== $('green')) $('green').value = green.weight;
  fill('colors', ['blue', 'green'].map(color_row));
  fill('gates', status.gates.map((gate) => [
    plain(gate.service), {text: gate.color, kind: gate.color}, plain(gate.url),
    gate_cell(gate.open), plain(gate.reason), plain(gate.identity.version || '–'),
  ]));
}

async function show_journal() {
  const answer = await call('/v1/journal?limit=20');
  if (!answer.ok) return;
  const {entries} = await answer.json();
  fill('journal', entries.reverse().map((entry) => [
    plain(entry.sequence), plain(new Date(entry.at).toLocaleTimeString()), plain(entry.actor),
    plain(entry.action), plain(entry.detail), plain(entry.reason),
  ]));
}

async function read_all() {
  const answer = await call('/v1/status');
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  status = await answer.json();
  show();
  await show_journal();
}

// However many events arrive, one reading at a time and one more for what came meanwhile.
async function refresh() {
  again = true;
  if (refreshing) return refreshing;
  refreshing = (async () => {
    while (again) {
      again = false;
      await read_all().catch(() => {});
    }
  })();
  await refreshing;
  refreshing = null;
}

function take_event(text) {
  for (const line of text.split('\n')) {
    if (line.startsWith('id: ')) last_event = line.slice(4);
    if (line.startsWith('data: ')) refresh();
  }
}

async function follow() {
  const headers = last_event ? {'Last-Event-ID': last_event} : {};
  const answer = await call('/v1/events', {headers});
  if (!answer.ok) throw new Error(`events ${answer.status}`);
  $('connection').textContent = 'live';
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    parts.forEach(take_event);
  }
}

async function follow_for_ever() {
  for (;;) {
    await follow().catch(() => {});
    $('connection').textContent = 'connection lost, trying again';
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function tell(text) {
  $('outcome').textContent = text;
  setTimeout(() => { if ($('outcome').textContent === text) $('outcome').textContent = ''; }, 10000);
}

function confirmed(question, forceable) {
  const dialog = $('confirm');
  $('confirm-title').textContent = question;
  $('reason').value = '';
  $('force').checked = false;
  $('force').parentElement.hidden = !forceable;
  dialog.returnValue = 'cancel';
  dialog.showModal();
  $('reason').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'go'), {once: true});
  });
}

// The change applies to what the operator saw when asked, not to what others made of it meanwhile.
async function change(question, method, path, body, forceable) {
  const seen = status && status.generation;
  if (!await confirmed(question, forceable)) return;
  const wanted = {...body};
  if ($('reason').value) wanted.reason = $('reason').value;
  if (forceable && $('force').checked) wanted.force = true;
  const headers = {'Content-Type': 'application/json', 'Idempotency-Key': crypto.getRandomValues(new Uint32Array(4)).join('-')};
  // Going back is right whatever happened meanwhile.
  if (path !== '/v1/rollback' && path !== '/v1/rollout/abort') headers['If-Match'] = `"${seen}"`;
  const answer = await call(path, {method, headers, body: JSON.stringify(wanted)});
  const told = await answer.json();
  const faults = (told.errors || []).map((fault) => fault.detail).join('; ');
  tell(answer.ok ? told.what : `${told.title}: ${told.detail} ${faults}`);
  refresh();
}

$('split').addEventListener('submit', (event) => {
  event.preventDefault();
  const green = Math.round(Number($('green').value) * 100);
  change(`Give green ${green / 100} % and blue ${(10000 - green) / 100} %?`, 'PUT', '/v1/weights',
         {blue: (10000 - green) / 100, green: green / 100}, true);
});
for (const color of ['blue', 'green'])
  $(`to-${color}`).addEventListener('click', () =>
    change(`Send everything to ${color}?`, 'POST', '/v1/switch', {color}, true));
$('rollback').addEventListener('click', () =>
  change('Roll everything back to the previous color?', 'POST', '/v1/rollback', {}, false));

function steer(verb, question) {
  const {rollout} = status || {};
  if (!rollout) return;
  const version = verb === 'approve' ? {version: rollout.version} : {};
  change(`${question} (${rollout.id}, ${rollout.color} ${rollout.version})`, 'POST',
         `/v1/rollout/${verb}`, version, false);
}
$('promote').addEventListener('click', () => steer('promote', 'Go to the next hold now?'));
$('approve').addEventListener('click', () => steer('approve', 'Approve this version?'));
$('pause').addEventListener('click', () =>
  (status.rollout.paused ? steer('resume', 'Go on?') : steer('pause', 'Hold it where it is?')));
$('abort').addEventListener('click', () => steer('abort', 'Send everything back to live?'));
$('maintenance').addEventListener('click', () => {
  const on = !(status && status.maintenance);
  change(on ? 'Show the maintenance page to every client?' : 'End maintenance?', 'PUT',
         '/v1/maintenance', {on}, false);
});

refresh();
follow_for_ever();
setInterval(() => { if (!document.hidden) refresh(); }, 2000);
