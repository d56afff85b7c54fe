"""A docker and a docker-compose (1.29) for tests, as far as switchctl calls them: no engine, state in
one JSON file of the folder $FAKE_DOCKER, which a test writes and reads.

images: {"pms-backend:v2": {"id": "sha256:2", "mood": "well"}}, with the mood of its containers: "well", "starting"
(healthy at the third look), "unhealthy", "exits" (with 3), "silent" (no health check).
"""
import json
import os
import re
import sys

PATH = os.path.join(os.environ['FAKE_DOCKER'], 'state.json')


def load():
    with open(PATH, encoding='utf-8') as file:
        state = json.load(file)
    state.setdefault('containers', [])
    state.setdefault('images', {})
    state.setdefault('calls', [])
    state.setdefault('made', 0)
    return state


def save(state):
    with open(PATH + '.new', 'w', encoding='utf-8') as file:
        json.dump(state, file, indent=1)
    os.replace(PATH + '.new', PATH)


def fail(words, status=1):
    print(words, file=sys.stderr)
    sys.exit(status)


# ---- docker-compose

def variables():
    found = {}
    if os.path.exists('.env'):
        with open('.env', encoding='utf-8') as file:
            for line in file:
                if match := re.match(r'\s*(?:export\s+)?(\w+)\s*=\s*([^#\n]*)', line):
                    found[match.group(1)] = match.group(2).strip().strip('\'"')
    return {**found, **os.environ}


def filled(value, known):
    if isinstance(value, dict):
        return {key: filled(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    if not isinstance(value, str):
        return value

    def one(match):
        name, default = re.match(r'(\w+)(?::-(.*))?$', match.group(1)).groups()
        return known.get(name) or default or ''
    return re.sub(r'\$\{([^}]*)\}', one, value)


def remove(state, service):
    state['containers'] = [one for one in state['containers'] if one['service'] != service]


def create(state, service, wanted):
    numbers = {one['number'] for one in state['containers'] if one['service'] == service}
    number = next(i for i in range(1, 100) if i not in numbers)
    state['made'] += 1
    state['containers'].append({'id': f'c{state["made"]}', 'service': service, 'number': number, 'looks': 0, **wanted})


def up(state, project, words):
    service = words[-1]
    keep = '--no-recreate' in words
    count = int(words[words.index('--scale') + 1].split('=')[1])
    if service not in project['services']:
        fail(f'No such service: {service}')
    described = project['services'][service]
    image = described['image']
    if image not in state['images']:
        fail(f'Pulling {service} ({image})...\npull access denied for {image}, repository does not exist')
    wanted = {'image': image, 'image_id': state['images'][image]['id'], 'mood': state['images'][image]['mood'],
              'environment': described.get('environment', {})}
    there = [one for one in state['containers'] if one['service'] == service]
    if not keep:
        for one in there:
            if any(one[key] != wanted[key] for key in wanted):
                # What 1.29 does on an engine whose images have no ContainerConfig.
                fail("KeyError: 'ContainerConfig'")
    for one in there[count:]:
        state['containers'].remove(one)
    for _ in range(count - len(there)):
        create(state, service, wanted)


def compose(words):
    import yaml  # Slow to load, and docker itself needs it not.
    state = load()
    state['calls'].append(['docker-compose', *words])
    save(state)
    if words == ['version']:
        return print('docker-compose version 1.29.2, build fake')
    assert words[0] == '-f'
    with open(words[1], encoding='utf-8') as file:
        project = filled(yaml.safe_load(file), variables())
    verb, rest = words[2], words[3:]
    if verb == 'config':
        print(yaml.safe_dump(project, default_flow_style=False))
    elif verb == 'ps':
        print('\n'.join(one['id'] for one in state['containers']))
    elif verb == 'up':
        print('Creating ...', file=sys.stderr)
        up(state, project, rest)
    elif verb == 'rm':
        remove(state, rest[-1])
    else:
        fail(f'No such command: {verb}')
    return save(state)


# ---- docker

def health(one):
    mood, looks = one['mood'], one['looks']
    status = {'unhealthy': 'unhealthy', 'starting': 'healthy' if looks > 2 else 'starting'}.get(mood, 'healthy')
    log = [{'ExitCode': 1, 'Output': 'no answer on 8080\n'}] if mood == 'unhealthy' else []
    return {'Status': status, 'FailingStreak': len(log), 'Log': log}


def described(one):
    ended = one['mood'] == 'exits'
    state = {'Status': 'exited' if ended else 'running', 'Running': not ended, 'OOMKilled': False,
             'ExitCode': 3 if ended else 0, 'Error': ''}
    if one['mood'] != 'silent':
        state['Health'] = health(one)
    return {'Id': one['id'], 'Name': f'/pms_{one["service"]}_{one["number"]}', 'Image': one['image_id'],
            'RestartCount': 0, 'State': state,
            'Config': {'Image': one['image'], 'Env': [f'{key}={value}' for key, value in one['environment'].items()],
                       'ExposedPorts': {'8080/tcp': {}},
                       'Labels': {'com.docker.compose.service': one['service'], 'com.docker.compose.oneoff': 'False'}},
            'NetworkSettings': {'Networks': {'pms_default': {'IPAddress': f'172.18.0.{one["number"] + 1}'}}}}


def docker(words):
    state = load()
    state['calls'].append(['docker', *words])
    if words[0] == 'inspect':
        found = [one for one in state['containers'] if one['id'] in words[3:]]
        for one in found:
            one['looks'] += 1
        print(json.dumps([described(one) for one in found], indent=4))
    elif words[:2] == ['image', 'inspect']:
        found = [{'Id': image['id'], 'RepoTags': [name], 'RepoDigests': []} for name, image in state['images'].items()
                 if name in words[2:] or image['id'] in words[2:]]
        print(json.dumps(found))
        if not found:
            save(state)
            fail(f'Error: No such image: {words[2]}')
    elif words[0] == 'logs':
        if '--timestamps' in words:
            print('2024-01-01T10:00:00.250000000Z listening on 8080')
            print('2024-01-01T10:00:01.000000000Z goodbye', file=sys.stderr)
        else:
            print('listening on 8080\npassword ' + os.environ.get('FAKE_PASSWORD', ''))
    else:
        save(state)
        fail(f"docker: '{words[0]}' is not a docker command.")
    save(state)
