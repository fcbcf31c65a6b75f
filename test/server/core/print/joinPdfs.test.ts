import { describe, expect, test } from 'vitest';
import { joinPdfs } from '../../../../server/core/print/joinPdfs.ts';
import { renderReportPdf } from '../../../../server/core/print/renderReportPdf.ts';
import { isKind, PdfError } from '../../../../server/core/signature/pdf/objects.ts';
import { readPdf } from '../../../../server/core/signature/pdf/readPdf.ts';
import { readSignature } from '../../../../server/core/signature/pdf/readSignature.ts';
import { signPdf } from '../../../../server/core/signature/signPdf.ts';
import { onePage, tinyPdf, type TinyObject } from '../signature/pdf/tinyPdf.ts';
import { makeBench, run, signedAt, write } from '../signature/signingTools.ts';
import { installed, pages, report } from './paper.ts';

const pagesIn = (bytes: Buffer) => {
  const file = readPdf(bytes);
  const tree = file.dictionary(file.catalog.get('Pages'));
  return file.array(tree?.get('Kids')).map((kid) => file.dictionary(kid)!);
};

test('files of several pages become one, in order; each page says whose it is', async () => {
  const one = await renderReportPdf(report({ patientName: '甲甲' }));
  const two = await renderReportPdf(
    report({ patientName: '乙乙', sections: [{ type: 'text', text: 'a' }, { type: 'pageBreak' }, { type: 'text', text: 'b' }] }),
  );
  const joined = joinPdfs([one, two, one]);
  expect(pagesIn(joined)).toHaveLength(4);
  if (installed('pdftotext'))
    expect(pages(joined).map((page) => /姓名 (..) +检查号/.exec(page)?.[1])).toEqual(['甲甲', '乙乙', '乙乙', '甲甲']);
  if (installed('qpdf')) {
    const { status, output } = run('qpdf', '--check', write('joined.pdf', joined));
    expect([status, output]).toEqual([0, expect.not.stringContaining('WARNING')]);
  }
}); // prettier-ignore

test('a signature does not survive: the copy for paper is no document of its own', async () => {
  const bench = await makeBench();
  const signed = await signPdf(await renderReportPdf(report()), await bench.signer(), { signedAt });
  expect(readSignature(readPdf(signed))).toBeDefined();
  const joined = joinPdfs([signed]);
  expect(readSignature(readPdf(joined))).toBeUndefined();
  for (const word of ['/Sig', '/AcroForm', '/DSS', '/EmbeddedFile']) expect(joined.includes(word), word).toBe(false);
}); // prettier-ignore

test('no files are a file without pages', () => {
  expect(pagesIn(joinPdfs([]))).toEqual([]);
});

describe('a page keeps', () => {
  test('what it inherits from the nodes above it, the nearest first', () => {
    const [page] = pagesIn(
      joinPdfs([
        tinyPdf([
          [1, '<< /Type /Catalog /Pages 2 0 R >>'],
          [2, '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 1 1] /Rotate 90 >>'],
          [3, '<< /Type /Pages /Kids [4 0 R] /Count 1 /MediaBox [0 0 2 2] /Resources << /A 5 0 R >> >>'],
          [4, '<< /Type /Page /Parent 3 0 R /CropBox [0 0 3 3] >>'],
          [5, '(shared)'],
        ]),
      ]),
    );
    expect([page?.get('MediaBox'), page?.get('CropBox'), page?.get('Rotate')]).toEqual([[0, 0, 2, 2], [0, 0, 3, 3], 90]);
    expect(page?.has('Resources')).toBe(true);
  }); // prettier-ignore

  test('its content byte for byte, and shared objects once', () => {
    const content = 'BT \xff\x00 (x) Tj ET';
    const shared: TinyObject[] = [
      [2, '<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>'],
      [3, '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources 5 0 R >>'],
      [4, `<< /Length ${content.length} >>\nstream\n${content}\nendstream`],
      [5, '<< /Back 3 0 R /Font << >> >>'],
      [6, '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources 5 0 R >>'],
    ];
    const joined = joinPdfs([tinyPdf(onePage(...shared))]);
    expect(joined.toString('latin1').split(content)).toHaveLength(2);
    const file = readPdf(joined);
    const [one, two] = pagesIn(joined);
    expect(one?.get('Contents')).toEqual(two?.get('Contents'));
    const stream = file.resolve(one?.get('Contents'));
    expect(isKind(stream, 'stream') && file.streamBytes(stream).toString('latin1')).toBe(content);
  }); // prettier-ignore
});

describe('a file is refused', () => {
  test.each([
    ['that is none', Buffer.from('no pdf')],
    ['whose tree goes in a circle', tinyPdf(onePage([2, '<< /Kids [2 0 R] >>']))],
    ['whose content is longer than the file', tinyPdf(onePage([3, '<< /Type /Page /Contents 4 0 R >>'], [4, '<< /Length 99999 >>\nstream\nx\nendstream']))],
    ['whose content has no length', tinyPdf(onePage([3, '<< /Type /Page /Contents 4 0 R >>'], [4, '<< >>\nstream\nx\nendstream']))],
  ])('%s', (_what, bytes) => {
    expect(() => joinPdfs([bytes])).toThrow(PdfError);
  }); // prettier-ignore
});
