import { expect, test } from 'bun:test';
import type { UserId } from '../config/ids.ts';
import { silentLog } from '../config/log.ts';
import { MemoryCache } from './cache/memory-cache.ts';
import { Hook, startHooks } from './hooks.ts';

const userId = '11111111-1111-4111-8111-111111111111' as UserId;

test('a locked user is heard once in this instance and in the others', async () => {
  await using cache = new MemoryCache(() => 0);
  const here = await startHooks(cache, silentLog);
  const there = await startHooks(cache, silentLog);
  const heard: string[] = [];
  here.userLocked.add(event => void heard.push(`here ${event.cause}`));
  there.userLocked.add(event => void heard.push(`there ${event.cause}`));
  await here.userLocked.run({ userId, cause: 'locked' });
  expect(heard).toEqual(['here locked', 'there locked']);
});

test('a listener that fails stops no other, nor the change that caused it', async () => {
  await using cache = new MemoryCache(() => 0);
  const hooks = await startHooks(cache, silentLog);
  const heard: string[] = [];
  hooks.settingsChanged.add(() => {
    throw new Error('broken');
  });
  hooks.settingsChanged.add(() => void heard.push('second'));
  await hooks.settingsChanged.run({ userId });
  expect(heard).toEqual(['second']);
});

test('a cache that is down does not keep this instance from hearing', async () => {
  await using cache = new MemoryCache(() => 0);
  const hooks = await startHooks(cache, silentLog);
  cache.publish = () => Promise.reject(new Error('down'));
  const heard: string[] = [];
  hooks.userLocked.add(event => void heard.push(event.cause));
  await hooks.userLocked.run({ userId, cause: 'disabled' });
  expect(heard).toEqual(['disabled']);
});

test('whoever is asked before a change may stop it', async () => {
  const hook = new Hook<number>();
  const forget = hook.add(count => {
    if (count > 0) throw new Error('there are sessions');
  });
  await hook.run(0);
  await expect(hook.run(1)).rejects.toThrow('there are sessions');
  forget();
  await hook.run(1);
});

test('a question nobody answers has its default answer', async () => {
  await using cache = new MemoryCache(() => 0);
  const { kasmsOfUsers } = await startHooks(cache, silentLog);
  expect(await kasmsOfUsers.ask([userId])).toEqual(new Map());
  kasmsOfUsers.answerWith(async ids => new Map(ids.map(id => [id, []])));
  expect(await kasmsOfUsers.ask([userId])).toEqual(new Map([[userId, []]]));
});
