"""C++ text taken apart far enough for the rules: comments and literals blanked out, brackets told
apart by what they open, statements and functions found. Not a parser: it knows the house style."""
import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.S)


def blank(text):
    return re.sub(r'[^\n]', ' ', text)


def strip(text):
    """Code without comments and without what is inside literals, and the comments as (line, text);
    both keep their places."""
    comments = []

    def replace(match):
        token = match.group(0)
        if token.startswith(('//', '/*')):
            comments.append((text.count('\n', 0, match.start()) + 1, token))
            return blank(token)
        return token[0] + blank(token[1:-1]) + token[-1]

    return TOKEN.sub(replace, text), comments


@dataclass
class Function:
    head: str
    first: int  # line of the opening brace
    last: int = 0
    depth: int = 0
    coroutine: bool = False
    deepest: int = 0  # the line where `depth` was reached


@dataclass
class Statement:
    text: str = ''  # lambda bodies left out
    line: int = 0
    lambdas: int = 0


@dataclass
class Scope:
    kind: str
    statement: Statement
    function: Function | None = None
    parens: int = 0


@dataclass
class Shape:
    functions: list = field(default_factory=list)
    statements: list = field(default_factory=list)


CONTROL = re.compile(r'^\W*(?:case\b.*:|default\s*:)?\s*(?:\}\s*)?'
                     r'(else|if|for|while|switch|do|try|catch)\b')
TYPE = re.compile(r'\b(class|struct|union|enum)\b[^()=]*$')
LAMBDA = re.compile(r'\[[^\[\]]*\]\s*(?:<[^<>]*>\s*)?(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?'
                    r'\s*(?:mutable\b|noexcept\b|constexpr\b|\s)*(?:->\s*[\w:<>,&*\s]+)?$')
QUALIFIERS = r'(?:\b(?:const|noexcept|override|final|mutable|try)\b|&&?|\s)*'
FUNCTION = re.compile(r'[)}]' + QUALIFIERS + r'(?:->\s*[\w:<>,&*\s]+|requires\b.*)?$', re.S)
ASSIGNED = re.compile(r'(^|[^=!<>])=(?!=)')


def kind_of(head, inside_function, parens):
    """What the brace after `head` opens."""
    head = head.strip()
    if LAMBDA.search(head) and not re.search(r'[\w)\]]\s*\[[^\[\]]*\]\s*$', head):
        return 'lambda'
    if parens:
        return 'value'
    if re.search(r'\bnamespace\b[^=;()]*$', head) or re.match(r'extern\s+"\s*"$', head):
        return 'namespace'
    if not head:
        return 'block'
    if CONTROL.match(head) and (head.endswith(')') or re.search(r'\b(else|do|try)$', head)):
        return 'control'
    if re.search(r'\b(case\b.*|default\s*):$', head, re.S):
        return 'block'
    if TYPE.search(head) and not head.endswith(')') and not re.search(r'\benum\b.*=', head):
        return 'type'
    before_parameters = re.sub(r'operator\s*[^\w\s(]+|operator\(\)', 'operator', head).split('(')[0]
    if (not inside_function and '(' in head and FUNCTION.search(head)
            and not ASSIGNED.search(re.sub(r'template\s*<.*?>(?=\s)', '', before_parameters))):
        return 'function'
    return 'value'


class Walker:
    """One pass over stripped code. Braces of values stay part of their statement; braces of blocks
    and lambdas begin statements of their own."""

    def __init__(self, code):
        self.code = code
        self.shape = Shape()
        self.line = 1
        self.scopes = [Scope('namespace', Statement())]

    def function(self):
        for scope in reversed(self.scopes):
            if scope.function:
                return scope.function
        return None

    def add(self, text):
        statement = self.scopes[-1].statement
        if not statement.text.strip():
            statement.text, statement.line = '', self.line
        statement.text += text

    def end_statement(self):
        scope = self.scopes[-1]
        if scope.statement.text.strip():
            self.shape.statements.append(scope.statement)
        scope.statement = Statement()

    def control_depth(self):
        depth = 0
        for scope in reversed(self.scopes):
            if scope.function:
                break
            depth += scope.kind == 'control'
        return depth

    def open_brace(self):
        scope = self.scopes[-1]
        head = scope.statement.text
        inside = any(s.kind in ('function', 'lambda') for s in self.scopes)
        kind = kind_of(head, inside, scope.parens)
        if kind == 'value':
            self.add('{')
            self.scopes.append(Scope('value', scope.statement))
            return
        if kind == 'lambda':
            scope.statement.lambdas += 1
            self.add('{')
        else:
            self.end_statement()
        opened = Scope(kind, Statement())
        if kind in ('function', 'lambda'):
            opened.function = Function(head.strip(), self.line)
        self.scopes.append(opened)
        function = self.function()
        if kind == 'control' and function and self.control_depth() > function.depth:
            function.depth, function.deepest = self.control_depth(), self.line

    def close_brace(self):
        if len(self.scopes) == 1:
            return
        scope = self.scopes[-1]
        if scope.kind != 'value':
            self.end_statement()
        self.scopes.pop()
        if scope.function:
            scope.function.last = self.line
            if scope.kind == 'function':
                self.shape.functions.append(scope.function)
            elif self.function():
                enclosing = self.function()
                inner = scope.function
                if inner.depth > enclosing.depth:
                    enclosing.depth, enclosing.deepest = inner.depth, inner.deepest
        if scope.kind in ('value', 'lambda'):
            self.add('}')

    def walk(self):
        for piece in re.finditer(r'\n|[{}();]|[^\n{}();]+', self.code):
            text = piece.group(0)
            scope = self.scopes[-1]
            if text == '\n':
                self.add(text)
                self.line += 1
            elif text == '{':
                self.open_brace()
            elif text == '}':
                self.close_brace()
            elif text == ';' and not scope.parens and scope.kind != 'value':
                self.add(text)
                self.end_statement()
            else:
                scope.parens += {'(': 1, ')': -1}.get(text, 0)
                if re.search(r'\bco_(await|return|yield)\b', text) and self.function():
                    self.function().coroutine = True
                self.add(text)
        return self.shape


def inside_literals(text):
    """The lines that begin within a raw string: pages, YAML and the like, with widths of their own."""
    lines = set()
    for match in TOKEN.finditer(text):
        if match.group(0).startswith('R"'):
            first = text.count('\n', 0, match.start()) + 1
            lines.update(range(first + 1, first + match.group(0).count('\n') + 1))
    return lines


def without_preprocessor(code):
    return re.sub(r'^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', lambda m: blank(m.group(0)), code, flags=re.M)


class Source:
    """One C++ file, as the rules see it."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split('\n')
        self.code, self.comments = strip(text)
        self.literal_lines = inside_literals(text)
        self.code_lines = self.code.split('\n')
        self.bare = without_preprocessor(self.code)
        # Attributes and access labels look like lambdas and case labels; no rule needs them.
        bare = re.sub(r'\[\[[^\[\]]*\]\]', lambda m: blank(m.group(0)), self.bare)
        bare = re.sub(r'\b(public|private|protected)\s*:(?!:)', lambda m: blank(m.group(0)), bare)
        self.shape = Walker(bare).walk()
        self.includes = [(number, match.group(1)) for number, line in enumerate(self.lines, 1)
                         if (match := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line))]

    @property
    def folder(self):
        return folder_of(self.path)


# Folders below control/ that are modules of their own; the others are parts of the program.
CONTROL_MODULES = ('aws', 'aws_failure', 'terms', 'edge', 'records', 'platform', 'deploy', 'facts', 'render')


def folder_of(path):
    """The module a file belongs to: `health` for proxy/health/gate.h, `control/aws`, `tests`."""
    parts = path.split('/')
    if parts[0] == 'proxy':
        return parts[1] if len(parts) > 2 else 'main'
    if parts[0] == 'control' and len(parts) > 2 and parts[1] in CONTROL_MODULES:
        return f'control/{parts[1]}'
    return parts[0]
