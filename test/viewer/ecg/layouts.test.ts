import { describe, expect, test } from 'vitest';
import {
  layoutNames,
  layoutsFor,
  rowsOf,
  type LayoutName,
} from '../../../viewer/src/centers/ecg/paper/layouts.ts';

const limb = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'];
const chest = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const twelve = [...limb, ...chest];
const named = (layout: LayoutName, present = twelve, rhythm = 'II') =>
  rowsOf(layout, present, rhythm).map(({ leads, overlaid }) =>
    [overlaid ? '≡' : '', ...leads.map(({ name, inverted }) => (inverted ? `-${name}` : name))]
      .filter(Boolean)
      .join(' '),
  );

describe('the twelve leads on paper', () => {
  test.each<[LayoutName, string[]]>([
    ['12x1', twelve],
    ['6x2', ['I V1', 'II V2', 'III V3', 'aVR V4', 'aVL V5', 'aVF V6']],
    ['3x4+1', ['I aVR V1 V4', 'II aVL V2 V5', 'III aVF V3 V6', 'II']],
    ['3x4+3', ['I aVR V1 V4', 'II aVL V2 V5', 'III aVF V3 V6', 'II', 'V1', 'V5']],
    ['cabrera', ['aVL', 'I', '-aVR', 'II', 'aVF', 'III', ...chest]],
    ['single', ['II']],
    ['overlay', ['≡ I II III aVR aVL aVF', '≡ V1 V2 V3 V4 V5 V6']],
  ])('as %s', (layout, rows) => expect(named(layout)).toEqual(rows));

  test('the rhythm strip is the lead that was chosen, II where it is not there', () => {
    expect(named('3x4+1', twelve, 'V1').at(-1)).toBe('V1');
    expect(named('3x4+1', twelve, 'V9').at(-1)).toBe('II');
    expect(named('single', twelve, 'V1')).toEqual(['V1']);
  });

  test('stand so whatever the device writes them in, and with more leads than twelve', () => {
    expect(named('3x4+1', ['V7', ...twelve.toReversed()])).toEqual(named('3x4+1'));
  });

  test('every layout can be chosen', () => expect(layoutsFor(twelve)).toEqual(layoutNames));
});

describe('other leads', () => {
  const strip = ['I', 'V5', 'X'];
  test('have a row each, in the order of the device, whatever is asked for', () => {
    for (const layout of layoutsFor(strip).filter((each) => each !== 'single'))
      expect(named(layout, strip)).toEqual(strip);
    expect(named('cabrera', strip)).toEqual(strip);
  });
  test('one lead alone is the chosen one, else the first', () => {
    expect(named('single', strip, 'V5')).toEqual(['V5']);
    expect(named('single', strip, 'II')).toEqual(['I']);
  });
  test('twelve without one are not the standard twelve', () => {
    const eleven = twelve.filter((name) => name !== 'V6');
    expect(layoutsFor(eleven)).toEqual(['12x1', 'single']);
    expect(named('6x2', eleven)).toEqual(eleven);
  });
  test('on one baseline stand only those that are there', () => {
    expect(named('overlay', ['I', 'II'])).toEqual(['≡ I II']);
    expect(named('overlay', ['X'])).toEqual([]);
  });
});
