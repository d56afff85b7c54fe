"""The rules about the whole tree: who may include whom, which folders are described, no cycles.
The table of allowed edges is the one in docs/architecture.md, so that it cannot go out of date."""
import posixpath
import re

from source import folder_of

ANYTHING = 'everything'
SEE = '(docs/architecture.md, direction of dependency)'


def read_table(architecture):
    """{folder: set of folders it may include} from the rows between the direction markers."""
    match = re.search(r'<!-- direction -->(.*?)<!-- /direction -->', architecture, re.S)
    allowed = {}
    for row in (match.group(1) if match else '').splitlines():
        cells = [cell.strip() for cell in row.strip().strip('|').split('|')]
        names = re.findall(r'`([^`]+)`', cells[0])
        if len(cells) < 2 or not names:
            continue
        targets = {ANYTHING} if ANYTHING in cells[1] else set(re.findall(r'`([^`]+)`', cells[1]))
        for name in names:
            allowed[name] = targets
    return allowed


def target_folder(included, folders):
    """The module that an include names, or None for a system header."""
    parts = included.split('/')
    if len(parts) < 2:
        return None
    if parts[0] == 'control':
        return folder_of(included)
    return parts[0] if parts[0] in folders else None


def permits(allowed, folder, included, target):
    targets = allowed.get(folder, set())
    if target == folder or ANYTHING in targets or target in targets:
        return True
    # "*/options.h" and "api/message.h": one header of a folder, not all of it.
    name = included.split('/')[-1]
    return f'*/{name}' in targets or included in targets


def include_direction(sources, allowed, folders):
    for source in sources:
        if source.folder in ('tests', 'bench', 'cmake'):
            continue
        for number, included in source.includes:
            target = target_folder(included, folders)
            if target and not permits(allowed, source.folder, included, target):
                yield (source.path, number,
                       f'{source.folder} may not include {included} {SEE}')


def modules_in(lists):
    """{module: the folder whose CMakeLists.txt defines it}."""
    return {module: folder_of(path) for path, text in lists.items()
            for module in re.findall(r'sy_module\(\s*(\w+)', text)}


def link_direction(lists, allowed):
    """`lists`: {path of a CMakeLists.txt: its text}."""
    homes = modules_in(lists)
    for path, text in lists.items():
        folder = folder_of(path)
        targets = allowed.get(folder, set())
        headers = {entry.split('/')[0] for entry in targets if entry.endswith('.h')}
        for module in re.finditer(r'sy_module\((.*?)\)', text, re.S):
            line = text.count('\n', 0, module.start()) + 1
            for linked in re.findall(r'\bsy_(\w+)\b', module.group(1)):
                home = homes.get(linked, linked.split('_options')[0])
                if linked in ('flags', 'asio') or home in {folder, *targets, *headers}:
                    continue
                if ANYTHING not in targets:
                    yield path, line, f'{folder} may not link sy_{linked} {SEE}'


def cycles(edges):
    """One cycle of {folder: set of folders}, as a list, or an empty list."""
    done, path = set(), []

    def visit(folder):
        if folder in path:
            return path[path.index(folder):] + [folder]
        if folder in done:
            return []
        path.append(folder)
        for target in sorted(edges.get(folder, ())):
            if target != folder and (found := visit(target)):
                return found
        path.pop()
        done.add(folder)
        return []

    for folder in sorted(edges):
        if found := visit(folder):
            return found
    return []


def include_cycle(sources, folders):
    """Folders that include each other, headers that belong to everyone (options) aside."""
    edges = {}
    for source in sources:
        if source.folder in ('tests', 'bench', 'cmake'):
            continue
        for _, included in source.includes:
            target = target_folder(included, folders)
            if target and not included.endswith('/options.h'):
                edges.setdefault(source.folder, set()).add(target)
    if found := cycles(edges):
        yield 'proxy', 1, 'folders include each other: ' + ' → '.join(found)


def described(directories, architecture):
    for directory in sorted(directories):
        if '/' in directory and f'{directory}/`' not in architecture and f'`{directory}`' not in architecture:
            yield directory, 1, 'a folder without a sentence in docs/architecture.md'


def machine_words(texts):
    """Nothing here names the machine it was written on."""
    pattern = re.compile(r'(?<![\w./-])/(?:wo' r'rk|ro' r'ot|home/\w+|Users/\w+)/'
                         r'|\.lib' r'rary/|/tmp/b-\w')
    for path, text in texts.items():
        for number, line in enumerate(text.split('\n'), 1):
            if match := pattern.search(line):
                yield path, number, f'"{match.group(0)}": a path of somebody\'s machine'


def links(texts, present):
    """Links from one page to another lead somewhere. `present`: the paths of files and folders."""
    for path, text in texts.items():
        if not path.endswith('.md'):
            continue
        prose = re.sub(r'```.*?```', lambda match: re.sub(r'[^\n]', '', match.group(0)), text, flags=re.S)
        for match in re.finditer(r'\]\(([^)#\s]+)(?:#[^)]*)?\)', prose):
            target = match.group(1)
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if '://' not in target and place not in present:
                yield path, prose.count('\n', 0, match.start()) + 1, f'leads nowhere: {target}'
