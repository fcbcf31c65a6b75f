const latin = new TextDecoder('latin1');

/** Whether the beginning of a file is that of a DICOM object other than a waveform, which the ECG centre reads. */
export function isImage(head: Uint8Array): boolean {
  return (
    latin.decode(head.subarray(128, 132)) === 'DICM' &&
    // Waveform Storage, PS3.4 Table B.5-1: the class stands in the file meta information
    !latin.decode(head.subarray(132, 1024)).includes('1.2.840.10008.5.1.4.1.1.9.')
  );
}
