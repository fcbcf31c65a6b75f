import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixture, fixtureFolder, haveFixtures } from '../../standards/dicom/fixtures.ts';
import { decodedFrames, nameOf, samplesOf } from './pictures.ts';
import { havePydicom, peerFrames } from './python.ts';

const syntaxes = (name: string) => `syntaxes/CTImage.dcm${name}`;
/** Codings that give back each sample; those with losses and of the same codec as gdcm's are here as well. */
const samples = [
  'general/CT_small.dcm',
  'general/ExplVR_BigEnd.dcm',
  'general/MR_small.dcm',
  'general/MR_small_RLE.dcm',
  'general/MR_small_bigendian.dcm',
  'general/MR_small_implicit.dcm',
  'general/MR_small_jp2klossless.dcm',
  'general/MR_small_jpeg_ls_lossless.dcm',
  'general/MR_small_padded.dcm',
  'general/693_J2KI.dcm',
  'general/GDCMJ2K_TextGBR.dcm',
  'general/J2K_pixelrep_mismatch.dcm',
  'general/JPEG2000.dcm',
  'general/JPEGLSNearLossless_16.dcm',
  'general/SC_jpeg_no_color_transform.dcm',
  'general/SC_jpeg_no_color_transform_2.dcm',
  'general/SC_rgb_dcmtk_+eb+cr.dcm',
  'general/SC_rgb_gdcm_KY.dcm',
  'general/SC_rgb_jls_lossy_line.dcm',
  'general/SC_rgb_jls_lossy_sample.dcm',
  'general/SC_rgb_jpeg.dcm',
  'general/SC_rgb_jpeg_app14_dcmd.dcm',
  'general/SC_rgb_jpeg_dcmd.dcm',
  'general/SC_rgb_jpeg_gdcm.dcm',
  'general/SC_rgb_rle.dcm',
  'general/SC_rgb_rle_16bit.dcm',
  'general/SC_rgb_rle_16bit_2frame.dcm',
  'general/SC_rgb_rle_2frame.dcm',
  'general/SC_rgb_rle_32bit.dcm',
  'general/SC_rgb_rle_32bit_2frame.dcm',
  'general/SC_rgb_small_odd.dcm',
  'general/SC_rgb_small_odd_big_endian.dcm',
  'general/SC_ybr_full_422_uncompressed.dcm',
  'general/examples_jpeg2k.dcm',
  'general/examples_overlay.dcm',
  'general/examples_palette.dcm',
  'general/examples_rgb_color.dcm',
  'general/image_dfl.dcm',
  'general/liver_1frame.dcm',
  'general/liver_expb_1frame.dcm',
  'general/rtdose.dcm',
  'general/rtdose_1frame.dcm',
  'general/rtdose_expb.dcm',
  'general/rtdose_expb_1frame.dcm',
  'general/rtdose_rle.dcm',
  'general/rtdose_rle_1frame.dcm',
  'multiframe/HasFragmentSequence.dcm',
  'multiframe/MOVEKNEE.dcm',
  'syntaxes/CT1_J2KR',
  syntaxes(''),
  syntaxes('_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm'),
  syntaxes('_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm'),
  syntaxes('_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm'),
  syntaxes('_JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91.dcm'),
  syntaxes('_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm'),
  syntaxes('_JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81.dcm'),
  syntaxes('_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm'),
  syntaxes('_JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57.dcm'),
  syntaxes('_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm'),
  syntaxes('_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm'),
  'syntaxes/TestPattern_JPEG-LS-Lossless.dcm',
  'syntaxes/TestPattern_JPEG-LS-NearLossless.dcm',
  'syntaxes/TestPattern_JPEG-Lossless_RGB.dcm',
  'syntaxes/TestPattern_Palette.dcm',
  'syntaxes/TestPattern_Palette_16.dcm',
  'syntaxes/TestPattern_RGB.dcm',
  'syntaxes/US-YBR_FULL_422-EVRLE.dcm',
];

describe.skipIf(!haveFixtures || !havePydicom)('every sample of', () => {
  let theirs: ReturnType<typeof peerFrames>;
  beforeAll(() => {
    theirs = peerFrames(samples.map((name) => join(fixtureFolder, name)));
  }, 60_000);

  test.each(samples)('%s is what pydicom reads, in its first three frames', async (name) => {
    const ours = await decodedFrames(fixture(name), 3);
    expect(ours.map((frame) => nameOf(samplesOf(frame)))).toEqual(theirs[join(fixtureFolder, name)]);
  });
});
