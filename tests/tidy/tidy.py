#!/usr/bin/env python3
"""The house rules that a program can check (docs/style.md). Prints file:line: rule: what, exits 1.

A line may be excused where the rule is wrong about it: "// tidy: RULE: why" on it or above it."""
import argparse
import ast
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import rules  # noqa: E402
import structure  # noqa: E402
from source import Source  # noqa: E402

CODE = ('proxy', 'control', 'config', 'bench', 'tests', 'cmake')
SKIPPED = {'build', '.git', '__pycache__', 'corpus', 'results', 'node_modules'}
TEXT = ('.h', '.cpp', '.py', '.md', '.txt', '.cmake', '.yaml', '.yml', '.json', '.js', '.css',
        '.html', '')


def files_under(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders
                            if name not in SKIPPED and not name.startswith('build'))
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), root)
            if os.path.splitext(name)[1] in TEXT and not os.path.islink(os.path.join(root, path)):
                yield path


def read(root):
    texts = {}
    for path in files_under(root):
        try:
            with open(os.path.join(root, path), encoding='utf-8') as file:
                texts[path] = file.read()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return texts


def waived(source, number, rule):
    near = source.lines[max(0, number - 2):number]
    return any(re.search(rf'// tidy: {rule}: \w', line) for line in near)


def check_source(source):
    """[(path, line, rule, words)] of one C++ file."""
    found = []
    for rule in rules.RULES:
        for number, words in rule(source):
            if not waived(source, number, rule.__name__):
                found.append((source.path, number, rule.__name__, words))
    return found


def check_script(path, text):
    """The rules that hold for every language: sizes, sleeps and things left undone."""
    bare = Source.__new__(Source)
    bare.path, bare.text, bare.lines = path, text, text.split('\n')
    bare.literal_lines = set()
    checks = [rules.todo, rules.whitespace, rules.file_length]
    if path.endswith('.py'):
        checks.append(rules.line_length)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if lines > rules.FUNCTION_LINES:
                    yield (path, node.lineno, 'function_length',
                           f'a function of {lines} lines; at most {rules.FUNCTION_LINES}')
    for rule in checks:
        for number, words in rule(bare):
            yield path, number, rule.__name__, words


def code_directories(texts):
    """proxy/health, tests/unit and the like: the folders that hold code, two levels deep."""
    found = set()
    for path in texts:
        parts = path.split('/')[:-1]
        if parts and parts[0] in CODE:
            found.add('/'.join(parts[:2]))
    return found


def check_tree(root):
    texts = read(root)
    found = []
    sources = []
    for path, text in texts.items():
        in_code = path.split('/')[0] in CODE
        if in_code and path.endswith(('.h', '.cpp')):
            sources.append(Source(path, text))
        elif in_code and path.endswith(('.py', '.js', '.css')) or path.startswith('scripts/'):
            found += check_script(path, text)
    for source in sources:
        found += check_source(source)

    architecture = texts.get('docs/architecture.md', '')
    allowed = structure.read_table(architecture)
    directories = code_directories(texts)
    folders = {name.split('/')[1] for name in directories if name.startswith('proxy/')}
    folders |= {'config', 'control'}
    lists = {path: text for path, text in texts.items()
             if path.startswith('proxy/') and path.endswith('CMakeLists.txt')}
    present = set(texts) | {os.path.dirname(path) for path in texts}
    whole = {
        'links': structure.links(texts, present),
        'include_direction': structure.include_direction(sources, allowed, folders),
        'link_direction': structure.link_direction(lists, allowed),
        'include_cycle': structure.include_cycle(sources, folders),
        'described': structure.described(directories, architecture),
        'machine_words': structure.machine_words(texts),
    }
    for rule, offences in whole.items():
        found += [(path, number, rule, words) for path, number, words in offences]
    return sorted(found), len(sources)


def main():
    parser = argparse.ArgumentParser(description='Checks the house rules over the whole tree.')
    parser.add_argument('--root', default=os.path.join(os.path.dirname(__file__), '..', '..'))
    parser.add_argument('paths', nargs='*', help='show only offences in paths that begin so')
    arguments = parser.parse_args()
    found, files = check_tree(os.path.abspath(arguments.root))
    if arguments.paths:
        found = [offence for offence in found if offence[0].startswith(tuple(arguments.paths))]
    for path, number, rule, words in found:
        print(f'{path}:{number}: {rule}: {words}')
    print(f'tidy: {len(found)} offences in {files} C++ files')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
