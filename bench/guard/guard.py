#!/usr/bin/python3
"""Instructions per request of a few fixed scripts, counted by valgrind's callgrind: a guard without noise.

Fails (exit 1) when a script needs over 3 % more than bench/results/instructions.json keeps, unless the
unreleased part of CHANGELOG.md has a line that names the script and the new figure:

  * Instructions per request: keep-alive 27 300 (was 26 100): every response carries a new field.

Only what the worker itself does is counted, by calls to it that callgrind is told to collect; clients and
upstreams are left out. A figure is (instructions of 2N requests - instructions of N) / N, so that start-up
falls out. It depends on compiler and libraries, whose versions are kept beside it."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(ROOT, 'bench', 'results', 'instructions.json')
SCRIPTS = ['keep-alive', 'access-log', 'new-connection', 'chunked', 'post', 'tls']
REQUESTS = 1600
GROWTH = 0.03
SKIPPED = 77
COUNTED = ['sy::guard::guard_drive*', 'sy::guard::guard_turn*']
PACKAGES = ['libssl3', 'libboost1.81-dev', 'libc6', 'libstdc++6']
# glibc and OpenSSL choose their routines by the processor. Everything newer than AES-NI and SSSE3 is
# hidden from them, so that machines agree.
ONE_PROCESSOR = {
    'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-AVX2,-AVX,-AVX_Fast_Unaligned_Load,-AVX512F,-AVX512VL,-AVX512BW,'
                      '-ERMS,-FSRM,-BMI1,-BMI2,-LZCNT,-MOVBE,-RTM',
    'OPENSSL_ia32cap': '~0x1040180000000000:0x0',
}


class Unusable(Exception):
    """What was asked for cannot be done; the message says why."""


def arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('scripts', nargs='*', metavar='SCRIPT', help='of ' + ', '.join(SCRIPTS) + ' (default: all)')
    parser.add_argument('--program', default=os.path.join(ROOT, 'build', 'release', 'tests', 'guard_requests'))
    parser.add_argument('--compiler', default='', help='kept beside the figures (default: as g++ says)')
    parser.add_argument('--kept', default=KEPT, help='the file of kept figures')
    parser.add_argument('--changelog', default=os.path.join(ROOT, 'CHANGELOG.md'))
    parser.add_argument('--update', action='store_true',
                        help='keep the figures of now. Higher ones are kept only with their line in the changelog, '
                             'so that nothing creeps up in steps under 3 %%')
    parser.add_argument('--repeat', type=int, default=1, metavar='TIMES', help='count again and show the spread')
    parser.add_argument('--profiles', metavar='FOLDER', help="leave callgrind's files there, for callgrind_annotate")
    chosen = parser.parse_args(words)
    for name in chosen.scripts:
        if name not in SCRIPTS:
            parser.error(f'no script "{name}"; there are {", ".join(SCRIPTS)}')
    chosen.scripts = chosen.scripts or SCRIPTS
    return chosen


def certificate(folder):
    paths = [os.path.join(folder, name) for name in ('certificate.pem', 'key.pem')]
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', '/CN=guard', '-out', paths[0], '-keyout', paths[1]],
                   check=True, capture_output=True)
    return paths


def instructions(program, script, requests, folder):
    """What the worker executed for that many requests."""
    out = os.path.join(folder, f'{script}.{requests}.callgrind')
    command = ['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}']
    command += [f'--toggle-collect={name}' for name in COUNTED] + [program, script, str(requests)]
    if script == 'tls':
        command += certificate(folder)
    environment = {'PATH': os.environ['PATH'], 'LC_ALL': 'C', **ONE_PROCESSOR}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Unusable(f'{" ".join(command)}\n{done.stdout}{done.stderr}')
    with open(out, encoding='utf-8') as file:
        total = re.search(r'^(?:totals|summary): (\d+)', file.read(), re.MULTILINE)
    if not total or int(total.group(1)) == 0:
        raise Unusable(f'callgrind collected nothing of {" or ".join(COUNTED)}')
    return int(total.group(1))


def per_request(chosen, script, folder):
    once, twice = (instructions(chosen.program, script, requests, folder) for requests in (REQUESTS, 2 * REQUESTS))
    return round((twice - once) / REQUESTS)


def world(compiler):
    """What the figures depend on, by name."""
    if not compiler:
        compiler = 'GNU ' + subprocess.run(['g++', '-dumpfullversion'], capture_output=True, text=True,
                                           check=True).stdout.strip()
    found = {'compiler': compiler}
    for package in PACKAGES:
        asked = subprocess.run(['dpkg-query', '--show', '--showformat', '${Version}', package],
                               capture_output=True, text=True)
        found[package] = asked.stdout.strip() or 'unknown'
    return found


def written(figure):
    """27300 as 27 300."""
    return f'{figure:,}'.replace(',', ' ')


def unreleased(changelog):
    """The items of the changelog's unreleased part, each in one line."""
    part = re.search(r'^## [^\n]*\(unreleased\)[^\n]*\n(.*?)(?=^## |\Z)', changelog, re.MULTILINE | re.DOTALL)
    if not part:
        return []
    return [' '.join(item.split()) for item in re.split(r'^\* ', part.group(1), flags=re.MULTILINE)[1:]]


def excuses(changelog):
    """{script: figure} of the changelog's lines about instructions that give a reason."""
    form = re.compile(r'Instructions per request: ([a-z-]+) (\d[\d ]*) \(was \d[\d ]*\): \S')
    found = (form.match(item) for item in unreleased(changelog))
    return {match.group(1): int(match.group(2).replace(' ', '')) for match in found if match}


def excused(figure, allowed):
    return allowed is not None and figure <= allowed * (1 + GROWTH)


def judge(now, kept, allowed):
    """[(script, now, kept, words, fails)] in order."""
    rows = []
    for script, figure in now.items():
        before = kept.get(script)
        if before is None:
            rows.append((script, figure, None, 'not kept yet: --update', True))
            continue
        words, fails = '', False
        if figure > before * (1 + GROWTH):
            fails = not excused(figure, allowed.get(script))
            words = 'grew: say why in CHANGELOG.md, or make it less' if fails else 'grew, as CHANGELOG.md says'
        elif figure < before * (1 - GROWTH):
            words = 'less: keep it with --update'
        rows.append((script, figure, before, words, fails))
    return rows


def renewed(now, kept, allowed):
    """The figures to keep: lower ones, new ones, and higher ones that the changelog gives a reason for."""
    return kept | {script: figure for script, figure in now.items()
                   if script not in kept or figure <= kept[script] or excused(figure, allowed.get(script))}


def table(rows):
    yield f'{"script":<16}{"now":>10}{"kept":>10}{"change":>10}'
    for script, figure, before, words, _ in rows:
        change = f'{100 * (figure / before - 1):+.2f} %' if before else ''
        kept = written(before) if before else '-'
        yield f'{script:<16}{written(figure):>10}{kept:>10}{change:>10}  {words}'.rstrip()


def count(chosen):
    now = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.profiles or temporary
        os.makedirs(folder, exist_ok=True)
        for script in chosen.scripts:
            figures = [per_request(chosen, script, folder) for _ in range(chosen.repeat)]
            now[script] = sorted(figures)[len(figures) // 2]
            if chosen.repeat > 1:
                spread = 100 * (max(figures) / min(figures) - 1)
                print(f'{script:<16}' + ' '.join(map(written, figures)) + f'   spread {spread:.3f} %', flush=True)
    return now


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def main():
    chosen = arguments()
    for tool in ('valgrind', 'openssl'):
        if not shutil.which(tool):
            print(f'skipped: instructions cannot be counted without {tool} (scripts/install-dependencies test)')
            return SKIPPED
    if not os.path.exists(chosen.program):
        raise Unusable(f'{chosen.program} is not there: build the target guard_requests in the release preset')
    file = json.loads(read(chosen.kept)) if os.path.exists(chosen.kept) else {}
    kept, known = file.get('instructions_per_request', {}), file.get('with', {})
    allowed = excuses(read(chosen.changelog))
    here = world(chosen.compiler)
    for name, version in here.items():
        if known and known.get(name) != version:
            print(f'{name} is {version} here; the kept figures are of {known.get(name, "none")}')
    now = count(chosen)
    rows = judge(now, kept, allowed)
    print('\n'.join(table(rows)))
    if not chosen.update:
        return 1 if any(fails for *_, fails in rows) else 0
    new = renewed(now, kept, allowed)
    with open(chosen.kept, 'w', encoding='utf-8') as out:
        json.dump({'instructions_per_request': new, 'with': here}, out, indent=2)
        out.write('\n')
    print(f'kept in {os.path.relpath(chosen.kept)}')
    return 1 if any(fails and kept.get(script) for script, *_, fails in rows) else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Unusable as error:
        print(f'guard: {error}', file=sys.stderr)
        sys.exit(2)
