import { expect, test } from 'bun:test';
import { TurnQueue } from './turn-queue.ts';

/** Enters and notes the name once it is its turn, or that it was sent away. */
function entering(queue: TurnQueue, notes: string[]) {
  return (party: string, name: string): void => {
    void queue.enter(party).then(isIn => notes.push(isIn ? name : `${name} sent away`));
  };
}

const settle = async (): Promise<void> => {
  for (let count = 0; count < 5; count++) await Promise.resolve();
};

test('parties take turns, however many each has sent', async () => {
  const queue = new TurnQueue(10);
  const notes: string[] = [];
  const enter = entering(queue, notes);
  for (const name of ['a1', 'a2', 'a3']) enter('a', name);
  enter('b', 'b1');
  while (queue.next()) await settle();
  expect(notes).toEqual(['a1', 'b1', 'a2', 'a3']);
  expect(queue.size).toBe(0);
});

test('a full queue takes in who has fewer places than the one with the most, and sends its last away', async () => {
  const queue = new TurnQueue(3);
  const notes: string[] = [];
  const enter = entering(queue, notes);
  for (const name of ['a1', 'a2', 'a3', 'a4']) enter('a', name);
  enter('b', 'b1');
  await settle();
  expect(notes).toEqual(['a4 sent away', 'a3 sent away']);
  enter('c', 'c1');
  enter('d', 'd1');
  await settle();
  expect(notes.slice(2)).toEqual(['a2 sent away', 'd1 sent away']);
  while (queue.next()) await settle();
  expect(notes.slice(4)).toEqual(['a1', 'b1', 'c1']);
});
