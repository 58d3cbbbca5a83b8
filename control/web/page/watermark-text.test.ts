import { expect, test } from 'bun:test';
import { fillWatermark } from './watermark-text.ts';

const now = new Date('2026-03-05T21:04:09Z');
const fill = (template: string, timeZone: string | undefined = 'UTC'): string =>
  fillWatermark(template, { user: 'alice', now, timeZone });

test('the user and the places of strftime are filled in', () => {
  expect(fill('${USER} %H:%M')).toBe('alice 21:04');
  expect(fill('%Y-%m-%d %F %T %R %D %S')).toBe('2026-03-05 2026-03-05 21:04:09 21:04 03/05/26 09');
  expect(fill('%A %a %B %b %e %y %I %p')).toBe('Thursday Thu March Mar  5 26 09 PM');
  expect(fill('100%% %n')).toBe('100% \n');
});

test('what is no known place stands as it is', () => {
  expect(fill('${HOME} %q %  50% %')).toBe('${HOME} %q %  50% %');
  expect(fill('%constructor')).not.toContain('function');
});

test('a user’s name is text, never a place', () => {
  expect(fillWatermark('${USER}', { user: '%H $& ${USER}', now, timeZone: 'UTC' })).toBe('%H $& ${USER}');
});

test('the time is that of the named time zone; one that is not known is this computer’s', () => {
  expect(fill('%F %H:%M', 'Asia/Tokyo')).toBe('2026-03-06 06:04');
  expect(fill('%M', 'Nowhere/Land')).toBe('04');
  expect(fill('%H', 'America/New_York')).toBe('16');
  expect(fillWatermark('%H', { user: '', now: new Date('2026-03-05T00:10:00Z'), timeZone: 'UTC' })).toBe(
    '00',
  );
});
