import { expect, test } from 'vitest';
import { translate } from '../../viewer/src/api/translateNames.ts';

const names = new Map([
  ['钾', 'Potassium'],
  ['肝功能', 'Liver function'],
  ['凝血四项', 'Coagulation'],
  ['生化(电解质、血糖)', 'Metabolic panel'],
]);

test('names of the catalogue stand in English, the words of people stay as they are', () => {
  const answer = {
    items: [{ itemName: '肝功能、凝血四项', patientName: '钾', name: '钾', note: '钾', at: null }],
    nextCursor: null,
  };
  expect(translate(answer, names, false)).toEqual({
    items: [{ itemName: 'Liver function, Coagulation', patientName: '钾', name: '钾', note: '钾', at: null }],
    nextCursor: null,
  });
  expect(translate({ name: '钾' }, names, true)).toEqual({ name: 'Potassium' });
  expect(translate({ itemName: '生化(电解质、血糖)、肝功能' }, names, true)).toEqual({
    itemName: 'Metabolic panel, Liver function',
  });
  expect(translate({ itemName: '甲、乙' }, names, true)).toEqual({ itemName: '甲、乙' });
});
