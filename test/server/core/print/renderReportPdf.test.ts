import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { renderPrintDocument } from '../../../../server/core/print/renderPrintDocument.ts';
import { renderReportPdf } from '../../../../server/core/print/renderReportPdf.ts';
import { pointsPerMm } from '../../../../server/core/print/sections.ts';
import type { PrintArea, PrintSection } from '../../../../server/core/print/sections.ts';
import { readAttachment } from '../../../../server/core/signature/pdf/readAttachment.ts';
import { readPdf } from '../../../../server/core/signature/pdf/readPdf.ts';
import { document, installed, pages, report, tool } from './paper.ts';

test('the data of a report is inside as report.json', async () => {
  const pdf = await renderReportPdf(report({ report: { findings: '双肺清晰', values: [1, 2] } }));
  expect(JSON.parse(readAttachment(readPdf(pdf), 'report.json')!.toString('utf8'))).toEqual({
    findings: '双肺清晰',
    values: [1, 2],
  });
});

test('the same report at the same time gives pages of the same length', async () => {
  const [first, second] = [await renderReportPdf(report()), await renderReportPdf(report())];
  expect(first.length).toBe(second.length);
});

test('an image that is none is refused', async () => {
  const sections: PrintSection[] = [{ type: 'image', images: [{ bytes: Buffer.from('no image') }] }];
  await expect(renderPrintDocument(document({ sections }))).rejects.toThrow();
});

test('a drawing gets its rectangle in true size', async () => {
  const areas: PrintArea[] = [];
  await renderPrintDocument(
    document({
      orientation: 'landscape',
      sections: [{ type: 'vector', heightMm: 120, draw: (_, area) => void areas.push(area) }],
    }),
  );
  expect(areas[0]?.height).toBeCloseTo(120 * pointsPerMm);
  expect(areas[0]?.width).toBeCloseTo((297 - 30) * pointsPerMm); // 10 s of ECG at 25 mm/s fit
});

describe.skipIf(!installed('pdftotext'))('as poppler reads it', () => {
  test('head, strip, text, signers and code stand on the page; fonts are embedded', async () => {
    const pdf = await renderReportPdf(report({ recognitionMark: '县HR', notices: ['身份待核实'] }));
    const [text = ''] = pages(pdf);
    for (const words of [
      '青禾县人民医院 影像诊断中心',
      '医学影像诊断报告单',
      '检查机构 柳河镇卫生院',
      '县HR',
      '身份待核实',
      '姓名 陈玘',
      '右肺下叶炎症可能。',
      '赵影像',
      '2026-11-22 10:32',
      '核验码 Ab3dEf6hIjKl',
      '检查号 I20261122001',
    ])
      expect(text).toContain(words);
    expect(tool('pdffonts', pdf)).toMatch(/NotoSansSC-Regular +CID TrueType +Identity-H +yes yes yes/);
  });

  test('rare hanzi keep their shape and can be copied: 珅玘昞䶮 by the font, 𠮷 and 𡋾 as outlines, 10⁹ and H₂O too', async () => {
    const name = '珅玘昞䶮𠮷𡋾';
    const pdf = await renderReportPdf(
      report({ patientName: name, sections: [{ type: 'text', text: `${name} 12.4×10⁹/L H₂O` }] }),
    );
    const [text = ''] = pages(pdf);
    expect(text).toContain(`${name} 12.4×10⁹/L H₂O`);
    expect(text).toContain(`姓名 ${name}`);
    expect(text).not.toContain('〔U+');
    expect(text).not.toContain('无可用字形');
  });

  test('a character that no font has is printed as its code, copied as itself and stated on the page', async () => {
    const pdf = await renderReportPdf(report({ sections: [{ type: 'text', text: '姓\u{E123}名' }] }));
    const [text = ''] = pages(pdf);
    expect(text).toContain('1 个字符无可用字形');
    expect(text).toContain('姓\u{E123}名');
  });

  test('control and direction signs do not disturb the text', async () => {
    const pdf = await renderReportPdf(
      report({ sections: [{ type: 'text', text: 'a\u0000b\u202Ec\u200Bd\r\ne\tf' }] }),
    );
    const [text = ''] = pages(pdf);
    expect(text).toContain('abcd');
    expect(text).not.toContain('〔U+');
  });

  test('a long text flows over pages that all name patient, accession number and page', async () => {
    const sentences = Array.from(
      { length: 300 },
      (_, index) => `第${index}句:双肺纹理增多,未见明显实质性病变。`,
    );
    const pdf = await renderReportPdf(
      report({ sections: [{ type: 'text', label: '影像所见', text: sentences.join('') }] }),
    );
    const found = pages(pdf);
    expect(found.length).toBeGreaterThan(2);
    found.forEach((page, index) => {
      expect(page).toContain('姓名 陈玘');
      expect(page).toContain('检查号 I20261122001');
      expect(page).toMatch(new RegExp(`第\\s*${index + 1}\\s*页\\s*共\\s*${found.length}\\s*页`));
      expect(page).toContain('医学影像诊断报告单');
    });
    const all = found.join('').replace(/\s/g, '');
    const lost = sentences.filter((_, index) => !all.includes(`第${index}句`));
    expect(lost.length).toBeLessThan(5); // a head may stand between the halves of a sentence, nothing is lost otherwise
    expect(found.at(-1)).toContain('审核医师');
  });

  test.each([
    ['void', '作废'],
    ['correction', '更正'],
    ['addendum', '补充'],
    ['preliminary', '未审核'],
  ] as const)('state %s is stamped on every page', async (state, word) => {
    const pdf = await renderReportPdf(
      report({
        states: [state],
        recognitionMark: '县HR',
        sections: [{ type: 'text', text: 'a' }, { type: 'pageBreak' }, { type: 'text', text: 'b' }],
      }),
    );
    const found = pages(pdf);
    expect(found).toHaveLength(2);
    for (const page of found) {
      expect(page).toContain(word);
      expect(page).toContain('县HR');
    }
  });

  test('a table repeats its head, keeps every row and breaks a row taller than a page', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => ({
      cells: [`项目${index}`, { text: `${index}.5 ↑`, color: 'red' as const }],
    }));
    rows.splice(60, 0, { cells: [`长:${'很长的说明,'.repeat(900)}完`, { text: '-', color: 'red' }] });
    const pdf = await renderReportPdf(
      report({
        sections: [
          {
            type: 'table',
            columns: [
              { title: '检验项目', width: 3 },
              { title: '结果', width: 1, align: 'right' },
            ],
            rows,
            note: '★ 互认项目',
          },
        ],
      }),
    );
    const found = pages(pdf);
    expect(found.length).toBeGreaterThan(4);
    for (const page of found.slice(0, -1)) expect(page).toContain('检验项目');
    const all = found.join('\n');
    for (let index = 0; index < 120; index += 1) expect(all).toContain(`${index}.5 ↑`);
    expect(all).toContain('完');
    expect(all).toContain('★ 互认项目');
  });

  test('nothing is drawn outside the page, whatever the words', async () => {
    const long = 'Pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(6);
    const pdf = await renderReportPdf(
      report({
        issuer: `${'青禾县人民医院'.repeat(5)} 影像诊断中心`,
        title: '医学影像诊断报告单'.repeat(4),
        performer: '柳河镇卫生院'.repeat(15),
        patientName: '欧阳'.repeat(40),
        recognitionMark: '全国HR 省HR 市HR 县HR',
        strip: Array.from({ length: 9 }, (_, index) => ({
          label: `字段${index}`,
          value: long,
          span: (index % 3) + 1,
        })),
        notices: [long],
        sections: [
          { type: 'heading', text: long },
          { type: 'text', text: long },
          {
            type: 'table',
            columns: Array.from({ length: 9 }, () => ({ title: long, width: 1 })),
            rows: [{ cells: Array.from({ length: 9 }, () => long) }],
          },
        ],
        signers: [{ role: '审核医师', name: long }],
        footnote: long,
      }),
    );
    const boxes = [
      ...tool('pdftotext', pdf, '-bbox').matchAll(
        /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"/g,
      ),
    ];
    expect(boxes.length).toBeGreaterThan(100);
    for (const [, left, top, right, bottom] of boxes) {
      expect(Number(left)).toBeGreaterThan(20);
      expect(Number(right)).toBeLessThan(595 - 20);
      expect(Number(top)).toBeGreaterThan(15);
      expect(Number(bottom)).toBeLessThan(842);
    }
  });

  test('images stand side by side in their proportions', async () => {
    const picture = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#444' } })
        .jpeg()
        .toBuffer();
    const images = [
      { bytes: await picture(400, 300), caption: '正位' },
      { bytes: await picture(300, 600), caption: '侧位' },
    ];
    const pdf = await renderReportPdf(report({ sections: [{ type: 'image', images, heightMm: 60 }] }));
    expect(pages(pdf)[0]).toMatch(/正位.*侧位/);
    expect(
      tool('pdfimages', pdf, '-list')
        .split('\n')
        .filter((line) => line.includes('jpeg')),
    ).toHaveLength(2);
  });

  test('in English', async () => {
    const [text = ''] = pages(await renderReportPdf(report({ language: 'en-US', states: ['void'] })));
    expect(text).toContain('VOID');
    expect(text).toContain('Page 1 of 1');
    expect(text).toContain('Accession no. I20261122001');
  });
});
