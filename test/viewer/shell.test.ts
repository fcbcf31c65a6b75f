import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Order } from '../../viewer/src/api/types.ts';
import { readCardCode, toRequest, type OrderForm } from '../../viewer/src/pages/order/orderForm.ts';
import { createEventParser, type HubEvent } from '../../viewer/src/shell/eventStream.ts';
import { age, dueState, maskId } from '../../viewer/src/shell/format.ts';
import { readIdCard } from '../../viewer/src/shell/identity.ts';
import { besides, checkReport } from '../../viewer/src/shell/report/checkReport.ts';
import { diffText } from '../../viewer/src/shell/report/diffText.ts';
import { expandPhrase, matchPhrases, wordBefore } from '../../viewer/src/shell/report/expandPhrase.ts';

describe('the event stream', () => {
  const stream =
    ': beat\n\nid: 7-1\nevent: order.new\ndata: {"orderId":"甲"}\n\nevent: reset\ndata: {}\n\ndata: {"a":\ndata: 1}\n\n';
  const expected = [
    { id: '7-1', type: 'order.new', data: { orderId: '甲' } },
    { id: '7-1', type: 'reset', data: {} },
    { id: '7-1', type: 'message', data: { a: 1 } },
  ];
  test('reads the same events wherever it is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const events: HubEvent[] = [];
      const parse = createEventParser((event) => events.push(event));
      parse(stream.slice(0, cut));
      parse(stream.slice(cut));
      expect(events).toEqual(expected);
    }
  });
  test('takes CR LF as one line end', () => {
    const events: HubEvent[] = [];
    const parse = createEventParser((event) => events.push(event));
    for (const char of stream.replaceAll('\n', '\r\n')) parse(char);
    expect(events).toEqual(expected);
  });
});

describe('identity cards', () => {
  test('say birth date and sex when the check digit holds', () => {
    expect(readIdCard('320681196803152116')).toEqual({ birthDate: '1968-03-15', sex: 'M' });
    expect(readIdCard('320681196803152117')).toBeNull();
    expect(readIdCard('320681196802302113')).toBeNull();
  });
  test('one wrong digit is always noticed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digits = [...'320681196803152116'];
        digits[at] = String((Number(digits[at]) + by) % 10);
        return readIdCard(digits.join('')) === null;
      }),
    );
  });
  test('a card reader may send the bare number or fields', () => {
    expect(readCardCode('320681196803152116')?.number).toBe('320681196803152116');
    expect(readCardCode('钱伟|男|汉族|19680315|江苏省|320681196803152116|')).toMatchObject({
      name: '钱伟',
      sex: 'M',
    });
    expect(readCardCode('69012345678901234567')).toBeNull();
  });
});

describe('an order form', () => {
  const form: OrderForm = {
    center: 'imaging',
    identifierType: 'id-card',
    identifier: '32068119680315211x',
    name: ' 钱伟 ',
    sex: 'M',
    birthDate: '1968-03-15',
    items: ['DR-CHEST'],
    priority: 'routine',
    flags: [],
    consent: true,
  };
  test('becomes a request with consent by the patient', () => {
    const now = new Date('2026-11-22T02:00:00Z');
    expect(toRequest(form, [], now)).toMatchObject({
      items: [{ code: 'DR-CHEST' }],
      patient: { name: '钱伟', identifiers: [{ type: 'id-card', value: '32068119680315211X' }] },
      remoteConsent: { by: '钱伟', at: now.toISOString() },
    });
  });
  test('for sterile supply names no patient', () => {
    const request = toRequest({ ...form, center: 'sterilization' }, []);
    expect(request).not.toHaveProperty('patient');
    expect(request).not.toHaveProperty('remoteConsent');
  });
});

describe('words for numbers', () => {
  const t = ((key: string, options?: { n?: number }) =>
    `${key.split('.').at(-1)}${options?.n ?? ''}`) as Parameters<typeof age>[1];
  test('age is said in the unit of a clinician', () => {
    const at = new Date('2026-11-22T04:00:00Z');
    expect(age('2026-11-10', t, at)).toBe('days12');
    expect(age('2025-01-23', t, at)).toBe('months21');
    expect(age('1968-11-23', t, at)).toBe('years57');
    expect(age(null, t, at)).toBe('');
  });
  test('equal to the target is on time', () => {
    const due = Date.parse('2026-11-22T04:00:00Z');
    expect(dueState('2026-11-22T04:00:00Z', null, due)).toBe('warn');
    expect(dueState('2026-11-22T04:00:00Z', null, due + 1)).toBe('breach');
    expect(dueState('2026-11-22T04:00:00Z', '2026-11-22T03:30:00Z', due - 31 * 60_000)).toBe('waiting');
  });
  test('a document number is masked once', () => {
    expect(maskId('320681196803152116')).toBe('3206**********2116');
    expect(maskId('3206**********2116')).toBe('3206**********2116');
  });
});

describe('checks before signing', () => {
  const order = { items: [{ code: 'X', name: '左膝关节 DR' }], patient: { sex: 'M' } } as unknown as Order;
  const codes = (findings: string, impression: string) =>
    checkReport(order, findings, impression).map((each) => each.code);
  test('name what contradicts the order', () => {
    expect(codes('左膝关节间隙正常。', '左膝未见异常。')).toEqual([]);
    expect(codes('右膝关节间隙正常。', '右膝未见异常。')).toContain('side');
    expect(codes('左膝正常。', '')).toEqual(['emptyImpression']);
    expect(codes('子宫大小正常。', '左膝未见异常。')).toContain('sexOrgan');
    expect(codes('左侧____cm 结节。', '左膝结节。')).toContain('templateText');
  });
  test('what the hub says of the same contradiction is not said twice', () => {
    const warnings = checkReport(order, '子宫增大。', '右膝骨折。');
    expect(besides(warnings, [{ code: 'sex-organ' }, { code: 'laterality-order' }])).toEqual([]);
    expect(besides(warnings, [{ code: 'sex-organ' }]).map((each) => each.code)).toEqual(['side']);
  });
  test('both sides are no contradiction', () => {
    expect(codes('双膝关节间隙正常。', '双膝未见异常。')).toEqual([]);
  });
});

describe('the difference of two reports', () => {
  test('gives both texts back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('甲。', '乙。', '丙\n', 'x. ')),
        fc.array(fc.constantFrom('甲。', '乙。', '丙\n', 'y. ')),
        (a, b) => {
          const parts = diffText(a.join(''), b.join(''));
          const side = (without: string) =>
            parts
              .filter((part) => part.kind !== without)
              .map((part) => part.text)
              .join('');
          return side('added') === a.join('') && side('removed') === b.join('');
        },
      ),
    );
  });
});

describe('phrases', () => {
  const phrases = [
    { id: '1', code: 'xbzc', body: '心影大小形态正常。' },
    { id: '2', code: 'xb', body: '胸部' },
  ];
  test('are found by the code before the caret, exact ones first', () => {
    expect(wordBefore('双肺 xb', 5)).toBe('xb');
    expect(matchPhrases(phrases, 'xb').map((each) => each.id)).toEqual(['2', '1']);
    expect(expandPhrase('双肺 xb,', 5, 'xb', '胸部')).toEqual({ text: '双肺 胸部,', caret: 5 });
  });
});
