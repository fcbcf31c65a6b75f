import { expect, test } from 'vitest';
import { opensRow } from '../../viewer/src/shell/opensRow.ts';

/** As much of a page as a click needs: who stands in whom. */
class Part {
  readonly within: Part | null;
  readonly tag: string;
  constructor(tag: string, within: Part | null = null) {
    this.tag = tag;
    this.within = within;
  }
  contains(other: Part): boolean {
    return other === this || (other.within !== null && this.contains(other.within));
  }
  closest(selector: string): Part | null {
    return selector.split(', ').includes(this.tag) ? this : (this.within?.closest(selector) ?? null);
  }
}

test('a click on the words of a row opens it; one on its button, its link or a question that hangs on it does not', () => {
  const row = new Part('tr');
  const cell = new Part('td', row);
  const click = (target: Part) => opensRow({ target, currentTarget: row });
  expect(click(new Part('span', cell))).toBe(true);
  expect(click(new Part('span', new Part('button', cell)))).toBe(false);
  expect(click(new Part('a', cell))).toBe(false);
  expect(click(new Part('div', new Part('body')))).toBe(false);
});
