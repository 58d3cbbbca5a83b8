import { expect, test } from 'bun:test';
import { hueOf, initialsOf, pictureAddress, tileHues } from './image-tile.ts';

test('initials are the first letters of the first two words', () => {
  expect(initialsOf('Debian Desktop')).toBe('DD');
  expect(initialsOf('  firefox')).toBe('F');
  expect(initialsOf('kasm (Ubuntu) jammy')).toBe('KU');
  expect(initialsOf('écran 3')).toBe('É3');
  expect(initialsOf('***')).toBe('');
});

test('a name keeps its colour and every colour is in the style sheet', () => {
  for (const name of ['Debian Desktop', '', 'Firefox', '桌面']) {
    expect(hueOf(name)).toBe(hueOf(name));
    expect(hueOf(name)).toBeLessThan(tileHues);
  }
});

test('only pictures that the content policy lets through are tried', () => {
  const here = 'https://desk.example';
  expect(pictureAddress('/img/firefox.png', here)).toBe('https://desk.example/img/firefox.png');
  expect(pictureAddress('data:image/png;base64,AA==', here)).toBe('data:image/png;base64,AA==');
  for (const source of [
    '',
    'https://elsewhere.example/x.png',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://[',
  ]) {
    expect(pictureAddress(source, here)).toBeUndefined();
  }
});
