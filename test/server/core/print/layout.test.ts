import { describe, expect, test } from 'vitest';
import { renderPrintDocument } from '../../../../server/core/print/renderPrintDocument.ts';
import type { PrintSection } from '../../../../server/core/print/sections.ts';
import { document, installed, pages, tool } from './paper.ts';

const columns = [
  { title: '检验项目', width: 3 },
  { title: '结果', width: 1, align: 'right' as const },
];
const rowsOf = (count: number, name = '项目') =>
  Array.from({ length: count }, (_, n) => ({ cells: [`${name}${n}`, `${n}.5`] }));
const paper = async (...sections: PrintSection[]) => pages(await renderPrintDocument(document({ sections })));
const squeeze = (text: string) => text.replace(/\s/g, '');

describe.skipIf(!installed('pdftotext'))('a table', () => {
  test('keeps the name of a group with its first row: it never ends a page', async () => {
    for (let before = 34; before < 48; before++) {
      const found = await paper({ type: 'table', columns, rows: [...rowsOf(before), { cells: ['血常规组'], group: true }, ...rowsOf(3, '组内')] }); // prettier-ignore
      const at = found.findIndex((page) => page.includes('血常规组'));
      expect(found[at], `behind ${before} rows`).toContain('组内0');
    }
  });

  test('without rows is its head; with fewer cells than columns it leaves them empty', async () => {
    const [text = ''] = await paper({ type: 'table', columns, rows: [] }, { type: 'table', columns, rows: [{ cells: ['只有一格'] }, { cells: [] }] }); // prettier-ignore
    expect(text.match(/检验项目/g)).toHaveLength(2);
    expect(text).toContain('只有一格');
  });

  test('breaks a cell that is taller than a page and loses no word of it', async () => {
    const words = Array.from({ length: 1_500 }, (_, n) => `词${n};`);
    const found = await paper({ type: 'table', columns, rows: [{ cells: [words.join(''), '尾'] }] });
    expect(found.length).toBeGreaterThan(1);
    const all = squeeze(found.join(''));
    const lost = words.filter((word) => !all.includes(word));
    expect(lost.length, 'a head may stand between the halves of a word').toBeLessThan(found.length * 2);
  });

  test('says its note below, also where that needs a new page', async () => {
    for (const count of [1, 44, 45, 46]) {
      const found = await paper({ type: 'table', columns, rows: rowsOf(count), note: '★ 互认项目。'.repeat(40) }); // prettier-ignore
      expect(squeeze(found.join('')).match(/★互认项目/g), `${count} rows`).toHaveLength(40);
    }
  });
});

describe.skipIf(!installed('pdftotext'))('a section', () => {
  test('of text is not left behind its label at the end of a page', async () => {
    for (let lines = 40; lines < 50; lines++) {
      const found = await paper(
        { type: 'text', text: Array.from({ length: lines }, (_, n) => `行${n}`).join('\n') },
        { type: 'text', label: '诊断意见', text: '意见第一行' },
      );
      const at = found.findIndex((page) => page.includes('诊断意见'));
      expect(found[at], `${lines} lines before`).toContain('意见第一行');
    }
  });

  test('of fields wraps what is too long, and takes no more columns than there are', async () => {
    const value = '很长的值'.repeat(30);
    const [text = ''] = await paper({
      type: 'fields',
      columns: 2,
      fields: [
        { label: '甲', value, span: 9 },
        { label: '乙', value: '短' },
        { label: '', value: '无名' },
      ],
    });
    expect(squeeze(text).split('很长的值')).toHaveLength(31);
    expect(squeeze(text)).toContain('乙短');
    expect(text).toContain('无名');
  });

  test('of a page turned sideways goes on sideways until it is turned back', async () => {
    const pdf = await renderPrintDocument(
      document({
        sections: [
          { type: 'text', text: '竖' },
          { type: 'pageBreak', orientation: 'landscape' },
          { type: 'table', columns, rows: rowsOf(60) },
          { type: 'pageBreak', orientation: 'portrait' },
          { type: 'text', text: '又竖' },
        ],
      }),
    );
    const sizes = [
      ...tool('pdfinfo', pdf, '-f', '1', '-l', '9').matchAll(/size:\s+([\d.]+) x ([\d.]+)/g),
    ].map(([, width, height]) => (Number(width) > Number(height) ? 'landscape' : 'portrait'));
    expect(sizes.slice(0, 2)).toEqual(['portrait', 'landscape']);
    expect(sizes.at(-1)).toBe('portrait');
    expect(sizes.length).toBeGreaterThan(3);
  });

  test.each(['', '\n\n\n', ' '])('of the text %j is no fault', async (text) => {
    const [page = ''] = await paper(
      { type: 'text', text },
      { type: 'heading', text },
      { type: 'text', text: '末' },
    );
    expect(page).toContain('末');
  });
});

describe.skipIf(!installed('pdftotext'))('a document', () => {
  test('without signers, code and patient has none of them', async () => {
    const bare = document({ sections: [{ type: 'text', text: '记录' }] });
    for (const key of ['signers', 'verification', 'footnote', 'patientName', 'accessionNumber', 'performer'] as const)
      delete bare[key];
    const [text = ''] = pages(await renderPrintDocument(bare));
    expect(text).toContain('记录');
    expect(text).not.toMatch(/核验码|检查号|检查机构/);
    expect(squeeze(text)).toContain('第1页共1页');
  }); // prettier-ignore

  test('calls its number what it is', async () => {
    const [text = ''] = pages(await renderPrintDocument(document({ numberLabel: '锅次号', accessionNumber: 'L-7' }))); // prettier-ignore
    expect(text).toContain('锅次号 L-7');
    expect(text).not.toContain('检查号');
  });

  test('in English says in English that a character has no shape', async () => {
    const odd = String.fromCodePoint(0xe123);
    const [text = ''] = pages(await renderPrintDocument(document({ language: 'en-US', notices: [odd] })));
    expect(text).toContain('1 character(s) have no glyph here');
  });

  test('keeps who signed in one piece with the code', async () => {
    for (let lines = 34; lines < 46; lines += 2) {
      const found = await paper({ type: 'text', text: Array.from({ length: lines }, (_, n) => `行${n}`).join('\n') }); // prettier-ignore
      const at = found.findIndex((page) => page.includes('赵影像'));
      expect(found[at], `${lines} lines`).toContain('核验码 Ab3dEf6hIjKl');
      expect(found[at]).toContain('钱审核');
    }
  });
});
