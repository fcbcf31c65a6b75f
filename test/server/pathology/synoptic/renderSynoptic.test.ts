import { expect, test } from 'vitest';
import { checkSynoptic } from '../../../../server/pathology/synoptic/renderSynoptic.ts';
import { builtInTemplates } from '../../../../server/pathology/synoptic/templates.ts';

const lung = builtInTemplates.find(({ code }) => code === 'LUNG');
const values = {
  procedure: 'wedge',
  histology: 'adenocarcinoma',
  sizeCm: 1.6,
  grade: 'G2',
  extent: 'lung',
  stas: 'absent',
  lymphovascular: 'absent',
  margins: 'negative',
  nodesExamined: 6,
  nodesPositive: 0,
  nodes: 'N0',
};
const contradicting = (more: object) => {
  if (!lung) throw new Error('the form of the lung is missing');
  return checkSynoptic(lung, { ...values, ...more })
    .filter(({ code }) => code === 'contradicts')
    .map(({ element }) => element);
};

test('answers that would give a wrong stage contradict one another', () => {
  expect(contradicting({})).toEqual([]);
  expect(contradicting({ nodesPositive: 1 })).toEqual(['nodes']);
  expect(contradicting({ nodes: 'N2' })).toEqual(['nodes']);
  expect(contradicting({ nodes: 'N2', nodesPositive: 2 })).toEqual([]);
  expect(contradicting({ extent: 'in-situ' })).toEqual(['extent']);
  expect(contradicting({ histology: 'ais', extent: 'in-situ' })).toEqual([]);
  expect(contradicting({ histology: 'mia' })).toEqual(['extent']);
});
