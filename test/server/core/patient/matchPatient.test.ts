import { describe, expect, test } from 'vitest';
import {
  matchPatient,
  nameAgrees,
  type InputPatient,
  type OrderPatient,
} from '../../../../server/core/patient/matchPatient.ts';

const order: OrderPatient = {
  name: '张三',
  sex: 'M',
  birthDate: '1968-03-15',
  temporary: false,
  hasIdentifier: (value) => value === 'LH1001',
  hospitalNumber: 'H**1',
};
const nobody: InputPatient = {
  patientId: null,
  otherPatientIds: [],
  patientName: null,
  sex: null,
  birthDate: null,
};

describe('the name a device sends', () => {
  test.each([
    ['张三', '张三', true],
    ['张 三', '张三', true],
    ['ZHANG^SAN=张^三', '张三', true],
    ['Zhang San', '张三', true],
    ['SAN ZHANG', '张三', true],
    ['San^Zhang', '张三', true],
    ['单于晓', '单于晓', true],
    ['shan yu xiao', '单于晓', true],
    ['LÜ^NA', '吕娜', true],
    ['LV NA', '吕娜', true],
    ['李四', '张三', false],
    ['ZHANG^WEI', '张三', false],
    ['TEST 01', 'Test 02', false],
    ['John Smith', 'Smith John', true],
    ['-', '张三', undefined],
    ['xxx', '张三', undefined],
    ['^^', '张三', undefined],
    ['', '张三', undefined],
  ])('%s against %s: %s', (input, name, expected) => {
    expect(nameAgrees(input, name)).toBe(expected);
  });
});

describe('an input against the patient of an order', () => {
  test('what one side does not have says nothing, and nothing alone does not agree', () => {
    expect(matchPatient(nobody, order)).toEqual({ agrees: false, differences: [] });
    expect(matchPatient({ ...nobody, patientId: ' LH1001 ' }, order).agrees).toBe(true);
    expect(matchPatient({ ...nobody, patientName: '张三', sex: 'm', birthDate: '19680315' }, order)).toEqual({
      agrees: true,
      differences: [],
    });
  });

  test('one contradiction is enough', () => {
    for (const [part, field] of [
      [{ patientName: '李四' }, 'name'],
      [{ patientName: '张三', sex: 'F' }, 'sex'],
      [{ patientName: '张三', birthDate: '1968-03-16' }, 'birthDate'],
      [{ patientName: '张三', patientId: 'LH9999' }, 'patientId'],
    ] as const) {
      const { agrees, differences } = matchPatient({ ...nobody, ...part }, order);
      expect([agrees, differences.map((difference) => difference.field)]).toEqual([false, [field]]);
    }
  });

  test('a temporary identity has no name to contradict', () => {
    expect(
      matchPatient({ ...nobody, patientName: '李四' }, { ...order, name: '无名氏', temporary: true }),
    ).toEqual({ agrees: false, differences: [] });
  });
});
