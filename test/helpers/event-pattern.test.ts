import { expect, test } from '@jest/globals';
import { matchesPattern } from './event-pattern.ts';

test.each([
  [{ source: ['a'] }, { source: 'a' }, true],
  [{ source: ['a'] }, { source: 'b' }, false],
  [{ source: ['a', 'b'] }, { source: 'b' }, true],
  [{ detail: { x: ['1'] } }, { detail: { x: ['0', '1'] } }, true],
  [{ detail: { x: ['1'] } }, { detail: {} }, false],
  [{ detail: { x: { y: ['1'] } } }, { detail: { x: '1' } }, false],
  [{ detail: { x: [{ exists: true }] } }, { detail: { x: '' } }, true],
  [{ detail: { x: [{ exists: true }] } }, { detail: {} }, false],
  [{ detail: { x: [{ exists: true }] } }, { detail: { x: {} } }, false],
  [{ detail: { x: [{ exists: false }] } }, { detail: {} }, true],
  [{ detail: { $or: [{ x: ['1'] }, { y: ['1'] }] } }, { detail: { y: '1' } }, true],
  [{ detail: { $or: [{ x: ['1'] }, { y: ['1'] }] } }, { detail: { z: '1' } }, false],
  [{ source: ['a'], detail: { x: ['1'] } }, { source: 'b', detail: { x: '1' } }, false],
])('%j and %j: %s', (pattern, event, answer) => {
  expect(matchesPattern(pattern, event)).toBe(answer);
});

test('an operator that it does not know is refused', () => {
  expect(() => matchesPattern({ source: [{ prefix: 'aws' }] as never }, { source: 'aws.rds' })).toThrow(
    'this matcher knows no {"prefix":"aws"}',
  );
});
