/** DICOM data sets: bytes in, typed values out, and back. No wire, no database, no clock. */
export * from './charset.ts';
export * from './contentItem.ts';
export * from './dataSet.ts';
export * from './dictionary.ts';
export * from './encodeText.ts';
export * from './errors.ts';
export * from './fileMeta.ts';
export * from './frames.ts';
export * from './json.ts';
export * from './peekSopClass.ts';
export * from './personName.ts';
export * from './readDataSet.ts';
export * from './readHeader.ts';
export * from './tags.ts';
export * from './uids.ts';
export * from './vr.ts';
export * from './writeDataSet.ts';
