import { expected, type Expected } from '../dicomweb/manifest.ts';

/**
 * What becomes of a sample file that is sent by C-STORE: what becomes of it by STOW-RS, and what only an association knows.
 * On the wire: `duplicate` and `rendition` 0x0000, `conflict` and `quarantine` 0xB000; `not accepted`: no presentation context;
 * `cannot be sent`: it names no SOP instance.
 */
export type CStoreOutcome = Expected | 'not accepted' | 'cannot be sent';

/** Of each sample file, sent in order of name to an empty hub. Here stands what differs from STOW-RS. */
export const cStoreOutcomes: Readonly<Record<string, CStoreOutcome>> = {
  ...expected,
  'general/DICOMDIR-empty.dcm': 'not accepted',
  'general/SC_rgb_jpeg_app14_dcmd.dcm': 'duplicate', // the same bytes as SC_jpeg_no_color_transform_2.dcm
  'general/empty_charset_LEI.dcm': 'cannot be sent',
  'general/meta_missing_tsyntax.dcm': 'cannot be sent',
  'general/nested_priv_SQ.dcm': 'cannot be sent',
  'general/no_meta.dcm': 'cannot be sent',
};
