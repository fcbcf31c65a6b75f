import type { PrintLanguage, PrintState } from './document.ts';

interface Words {
  patient: string;
  accessionNumber: string;
  performer: string;
  issuer: string;
  page: (page: number, pages: number) => string;
  states: Record<PrintState, string>;
  verify: string;
  code: string;
  missingGlyphs: (signs: string[]) => string;
}

/** The few words that documents add by themselves. */
export const words: Record<PrintLanguage, Words> = {
  'zh-CN': {
    patient: '姓名',
    accessionNumber: '检查号',
    performer: '检查机构',
    issuer: '签发机构',
    page: (page, pages) => `第 ${page} 页 共 ${pages} 页`,
    states: {
      void: '作废',
      correction: '更正',
      addendum: '补充',
      preliminary: '临时报告 未审核',
      partial: '部分结果',
      copy: '副本',
    },
    verify: '扫码核验签发机构与状态',
    code: '核验码',
    missingGlyphs: (signs) =>
      `本文件中 ${signs.length} 个字符无可用字形，以统一码〔U+…〕印出；原字可复制，并见附件数据。`,
  },
  'en-US': {
    patient: 'Name',
    accessionNumber: 'Accession no.',
    performer: 'Examined at',
    issuer: 'Issued by',
    page: (page, pages) => `Page ${page} of ${pages}`,
    states: {
      void: 'VOID',
      correction: 'CORRECTED',
      addendum: 'ADDENDUM',
      preliminary: 'PRELIMINARY, NOT VERIFIED',
      partial: 'PARTIAL',
      copy: 'COPY',
    },
    verify: 'Scan to check issuer and state',
    code: 'Code',
    missingGlyphs: (signs) =>
      `${signs.length} character(s) have no glyph here and are printed as Unicode 〔U+…〕; they can be copied and stand in the attached data.`,
  },
};
