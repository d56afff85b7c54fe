"""The rules about one file at a time. Each is a function of a Source that yields (line, words); its
name is the rule's name, as waivers and messages use it."""
import re

PURE = {'health', 'tally', 'split', 'verdict', 'rollout', 'history', 'http'}
REQUEST_PATH = PURE | {'upstream', 'worker'}
BANNED = {'downstream', 'backend', 'manager', 'handler', 'helper', 'util', 'impl', 'context',
          'data', 'info', 'process'}
BANNED |= {word + 's' for word in BANNED} | {'processes', 'utils'}
FUNCTION_LINES = 70
COROUTINE_LINES = 40
FILE_LINES = 400
DEPTH = 3
PARAMETERS = 5
COLUMNS = 100
PYTHON_COLUMNS = 120
LIBRARY = re.compile(r'^(io_context|addrinfo|nghttp2_|ares_|hostent|SSL|EVP_|X509|ASN1_|BIO_'
                     r'|ERR_|BOOST_)')


def numbered(source):
    return enumerate(source.code_lines, 1)


def matches(source, pattern, words):
    for number, line in numbered(source):
        for match in re.finditer(pattern, line):
            yield number, words.format(*match.groups())


def words_of(name):
    """snake_case and PascalCase alike into lower-case words."""
    return [word.lower() for word in re.findall(r'[A-Z]+(?![a-z])|[A-Z]?[a-z]+', name)]


def banned_word(source):
    seen = set()
    example = source.path.startswith(('tests/', 'bench/', 'proxy/demo/'))
    for number, line in enumerate(source.bare.split('\n'), 1):
        if re.match(r'\s*TEST(_F|_P)?\(', line):
            continue  # A sentence, not a name.
        for match in re.finditer(r'(?<![\w.>])(?<!::)\b[A-Za-z_]\w*', line):
            name = match.group(0)
            words = words_of(name)
            bad = BANNED.intersection(words)
            if example:
                bad -= {'backend', 'backends'}
            if source.path.startswith('proxy/net/tls'):
                bad -= {'context', 'contexts'}  # OpenSSL's own word for an SSL_CTX.
            if 'target group' in ' '.join(words):
                bad.add('target group')
            # A log's level is called info everywhere, in the configuration too.
            if bad and name not in seen and name != 'info' and not LIBRARY.match(name):
                seen.add(name)
                yield number, f'"{name}" uses the word "{min(bad)}" (docs/style.md, names)'


def file_name(source):
    for part in re.split(r'[/_.-]', source.path):
        if part in BANNED and not source.path.startswith(('tests/', 'bench/')):
            yield 1, f'"{part}" in a file name'


def function_length(source):
    for function in source.shape.functions:
        lines = function.last - function.first + 1
        if lines > FUNCTION_LINES:
            yield function.first, f'a function of {lines} lines; at most {FUNCTION_LINES}'


def coroutine_length(source):
    for function in source.shape.functions:
        lines = function.last - function.first + 1
        if function.coroutine and lines > COROUTINE_LINES:
            yield function.first, f'a coroutine of {lines} lines; at most {COROUTINE_LINES}'


def file_length(source):
    lines = source.text.count('\n')
    if lines > FILE_LINES:
        yield lines, f'a file of {lines} lines; at most {FILE_LINES}'


def depth(source):
    allowed = DEPTH + source.path.startswith('tests/')  # A test may try every case of four things.
    for function in source.shape.functions:
        if function.depth > allowed:
            yield function.deepest, f'{function.depth} blocks deep; at most {allowed}'


def parameters(source):
    """Constructors aside, which are given the world they live in, and callbacks from C."""
    for function in source.shape.functions:
        if re.match(r'(explicit\s+)?(\w+::)*(\w+)\s*\(', function.head.lstrip('}; \n')):
            continue
        if re.search(r'\bvoid\s*\*', function.head):
            continue
        match = re.search(r'[\w>]\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)', function.head)
        inside = match.group(1) if match else ''
        while (flatter := re.sub(r'<[^<>]*>|\([^()]*\)|\{[^{}]*\}', '', inside)) != inside:
            inside = flatter
        if inside.count(',') + 1 > PARAMETERS:
            yield function.first, f'{inside.count(",") + 1} parameters; at most {PARAMETERS}'


def line_length(source):
    most = PYTHON_COLUMNS if source.path.endswith('.py') else COLUMNS
    for number, line in enumerate(source.lines, 1):
        if number in source.literal_lines:
            continue
        if source.path.startswith('tests/e2e/') and re.search(r'\bb["\']', line):
            continue  # Messages stay as they are on the wire.
        if len(line) > most and '://' not in line and not line.lstrip().startswith('#include'):
            yield number, f'{len(line)} columns; at most {most}'


def whitespace(source):
    for number, line in enumerate(source.lines, 1):
        if line != line.rstrip() or '\t' in line:
            yield number, 'a tab, or white space at the end'
    if source.text and not source.text.endswith('\n'):
        yield len(source.lines), 'no line end at the end of the file'


def capture_default(source):
    yield from matches(source, r'\[\s*=\s*[\],]', '[=]: name what the lambda captures')


def co_await_temporary(source):
    """GCC 12.2 destroys braced temporaries twice inside co_await (docs/style.md, traps)."""
    for statement in source.shape.statements:
        text = statement.text
        if not re.search(r'\bco_await\b', text):
            continue
        # A named variable initialised with braces is not a temporary, and the classes of std have
        # constructors.
        text = re.sub(r'^\W*((?:const|static|auto|[\w:<>,&*]+)\s+)+\w+\s*\{', '(', text)
        text = re.sub(r'\bstd::(?!array\b)[\w:]+(<[^<>{}]*>)?\{', '(', text)
        if statement.lambdas or '{' in text:
            yield (statement.line,
                   'a lambda or braced temporary beside co_await: name it on the line above')


def co_await_conditional(source):
    for statement in source.shape.statements:
        text = re.sub(r'"[^"]*"|\'[^\']*\'', '""', statement.text)
        for match in re.finditer(r'\?', text):
            if re.search(r'\bco_await\b', group_around(text, match.start())):
                yield statement.line, 'co_await inside ?:'
                break


def group_around(text, at):
    """The text of the innermost parentheses that hold `at`."""
    begin, level = at, 0
    while begin > 0 and level >= 0:
        begin -= 1
        level += {')': 1, '(': -1}.get(text[begin], 0)
    end, level = at, 0
    while end < len(text) and level >= 0:
        level += {'(': 1, ')': -1}.get(text[end], 0)
        end += 1
    return text[begin:end]


def shared_from_this(source):
    yield from matches(source, r'\benable_shared_from_this\b',
                       'enable_shared_from_this: a session is owned by its coroutine frame')


def shared_pointer(source):
    # spdlog and prometheus-cpp take theirs by shared_ptr; that is their interface.
    pattern = r'\bshared_ptr<\s*(?!const\b|[\w:]+\s+const\b|spdlog::|prometheus::)([\w:]+)'
    yield from matches(source, pattern, 'shared_ptr to a {0} that is not const')


def detached(source):
    if not source.path.startswith('proxy/net/task_group'):
        yield from matches(source, r'\bdetached\b', 'detached: spawn through a net::TaskGroup')


def clock(source):
    if source.path == 'proxy/base/time_source.cpp' or source.folder == 'bench':
        return
    if source.path.startswith(('tests/integration/', 'tests/e2e/', 'tests/support/')):
        return
    pattern = (r'\b(?:\w+_clock|Clock)::now\b|\bgettimeofday\b|\bclock_gettime\b'
               r'|\bstd::time\(|\btime\(nullptr\)')
    yield from matches(source, pattern, 'reads a clock: take an Instant, or a TimeSource')


def pure(source):
    if source.folder not in PURE:
        return
    for number, included in source.includes:
        if re.match(r'boost/(asio|beast)|spdlog/|(thread|mutex|shared_mutex|condition_variable'
                    r'|future|atomic|iostream)$|sys/socket|netinet/|openssl/ssl', included):
            yield number, f'a pure folder includes <{included}>'


def locks(source):
    """Every mutable object belongs to one thread; access_log hands batches to a writer thread."""
    if source.folder in ('tests', 'bench', 'worker', 'access_log', 'demo'):
        return
    pattern = r'\bstd::(mutex|shared_mutex|recursive_mutex|condition_variable|atomic\w*)\b'
    yield from matches(source, pattern, 'std::{0}: every mutable object belongs to one thread')


def todo(source):
    pattern = r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b'
    for number, line in enumerate(source.lines, 1):
        if match := re.search(pattern, line):
            yield number, f'{match.group(1)}: open an issue, or do it'


def sleep(source):
    yield from matches(source, r'\b(sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.:])sleep\(',
                       'sleeps: what waits for time takes a TimeSource or a deadline')


def dead_code(source):
    looks_like_code = re.compile(
        r'^(?:(?:if|for|while|switch)\s*\(.*[;{)]|return\b.*;|(?:const |auto |std::)[^.]*;'
        r'|#include\b.*'
        r'|[\w.:>-]+\(.*\);|[\w.:>\[\]-]+\s*[-+]?=\s*\S.*;|\}'
        r'|\w[\w:<>&* ]*\(.*\)\s*(?:const\s*)?\{)$')
    for number, comment in source.comments:
        for offset, line in enumerate(comment.split('\n')):
            if looks_like_code.match(line.strip().lstrip('/*').strip()):
                yield number + offset, 'looks like commented-out code'


def header_comment(source):
    if source.path.endswith('.h') and not source.text.startswith('//'):
        yield 1, 'a header begins with a comment: what it is for, and what it refuses to know'


def include_guard(source):
    if source.path.endswith('.h') and '#pragma once' not in source.text:
        yield 1, 'a header without #pragma once'


def singleton(source):
    yield from matches(source, r'\bstatic\s+[\w:<>]+\s*&\s*(\w+)\(\)', '{0}(): a singleton')
    yield from matches(source, r'\bspdlog::(trace|debug|info|warn|error|critical|log|default_logger'
                       r'|set_default_logger|get|drop_all|set_level|set_pattern)\(',
                       'spdlog::{0}: loggers are constructor arguments')


def namespace_in_header(source):
    if source.path.endswith('.h'):
        yield from matches(source, r'^using\s+namespace\b', 'using namespace in a header')


def macro(source):
    for number, line in numbered(source):
        match = re.match(r'\s*#\s*define\s+(\w+)', line)
        if match and match.group(1) != 'SY_CHECK' and source.folder not in ('tests', 'bench'):
            yield number, f'{match.group(1)}: the only macro is SY_CHECK'


def enum_default(source):
    """A switch over an enumeration has no default, so that -Wswitch finds the new case."""
    for match in re.finditer(r'\bswitch\s*\(', source.bare):
        begin = source.bare.find('{', match.end())
        level, end = 1, begin + 1
        while level and end < len(source.bare):
            level += {'{': 1, '}': -1}.get(source.bare[end], 0)
            end += 1
        body = source.bare[begin:end]
        default = re.search(r'\bdefault\s*:', body)
        if default and re.search(r'\bcase\s+(?!std::)\w+(::\w+)+\s*:', body):
            yield (source.bare.count('\n', 0, begin + default.start()) + 1,
                   'default in a switch over an enumeration')


def throw(source):
    if source.folder in REQUEST_PATH:
        yield from matches(source, r'\bthrow\b', 'throw on the request path: return a Result')


def test_name(source):
    if not source.path.startswith('tests/'):
        return
    for number, line in numbered(source):
        match = re.match(r'\s*TEST(?:_F|_P)?\(\s*\w+,\s*(\w+)', line)
        if match and (len(re.findall('[A-Z]', match.group(1))) < 2 or '_' in match.group(1)):
            yield number, f'{match.group(1)}: a test is named by a sentence'


RULES = [banned_word, file_name, function_length, coroutine_length, file_length, depth, parameters,
         line_length, whitespace, capture_default, co_await_temporary, co_await_conditional,
         shared_from_this, shared_pointer, detached, clock, pure, locks, todo, sleep, dead_code,
         header_comment, include_guard, singleton, namespace_in_header, macro, enum_default, throw,
         test_name]
