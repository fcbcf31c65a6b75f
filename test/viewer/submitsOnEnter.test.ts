import { expect, test } from 'vitest';
import { submitsOnEnter } from '../../viewer/src/shell/submitsOnEnter.ts';

const field = (more: object = {}, within = '') => ({
  tagName: 'INPUT',
  type: 'text',
  role: null,
  closest: (selector: string) => (selector === within ? {} : null),
  ...more,
});

test('Enter saves a form from a line of text, but takes the time in a picker and the choice in a list', () => {
  expect(submitsOnEnter(field())).toBe(true);
  expect(submitsOnEnter(field({}, '.ant-picker'))).toBe(false);
  expect(submitsOnEnter(field({ role: 'combobox' }))).toBe(false);
  expect(submitsOnEnter(field({ type: 'password' }))).toBe(false);
  expect(submitsOnEnter(field({ tagName: 'TEXTAREA' }))).toBe(false);
});
