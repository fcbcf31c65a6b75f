import type { PrintField, PrintOrientation, PrintSection } from './sections.ts';

export type PrintLanguage = 'zh-CN' | 'en-US';

/** What a document is besides plainly valid; printed as a stamp on every page, in words. */
export type PrintState = 'void' | 'correction' | 'addendum' | 'preliminary' | 'partial' | 'copy';

export interface PrintSigner {
  /** 书写, 审核, 检验者 … */
  role: string;
  name: string;
  title?: string;
  institution?: string;
  /** Already in local time, e.g. `2026-11-22 10:32`. */
  at?: string;
}

/** A printed document in plain data: head, patient strip, sections, signers. */
export interface PrintDocument {
  /** e.g. 医学影像检查报告单. */
  title: string;
  /** Who answers for the document: the issuing centre, e.g. 青禾县人民医院 影像诊断中心. */
  issuer: string;
  /** Where the image, trace or measurement was made; printed under the title when given. */
  performer?: string;
  language?: PrintLanguage;
  orientation?: PrintOrientation;
  /** Repeated at the foot of every page, so that no page can belong to another patient. */
  patientName?: string;
  accessionNumber?: string;
  /** What the number is called where it is no accession number: 锅次号, 召回单号. */
  numberLabel?: string;
  /** Fields of the strip under the title: sex, age, masked number, requesting site, times … */
  strip: PrintField[];
  /** Label of mutual recognition, top right on every page, e.g. 县HR. Never typed by hand. */
  recognitionMark?: string | null;
  states?: PrintState[];
  /** Sentences in a box above the sections: 身份待核实, what this version replaces and why, unregistered function … */
  notices?: string[];
  sections: PrintSection[];
  signers?: PrintSigner[];
  /** Page that tells issuer, state and hash; printed as QR code and text beside the signers. */
  verification?: { url: string; code: string };
  /** Small print at the end. */
  footnote?: string;
  createdAt: Date;
  /** Attached to the file, e.g. `report.json`. */
  attachments?: { name: string; type: string; description?: string; bytes: Buffer }[];
}

/** A report: a document about one patient and order, with its data inside as `report.json`. */
export interface ReportDocument extends Omit<PrintDocument, 'attachments'> {
  patientName: string;
  accessionNumber: string;
  signers: PrintSigner[];
  /** Written as `report.json` into the file and covered by the signature. */
  report: unknown;
}
