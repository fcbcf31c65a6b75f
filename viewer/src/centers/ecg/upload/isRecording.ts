const latin = new TextDecoder('latin1');

/** Whether the beginning of a file is that of an ECG recording of a form that is no DICOM. */
export function isRecording(head: Uint8Array, name: string): boolean {
  // UTF-16 reads like Latin without its zeros
  const text = latin.decode(head).replaceAll('\0', '');
  return (
    // EN 1064 §5.3.1: "SCPECG" in the header of section 0
    latin.decode(head.subarray(16, 22)) === 'SCPECG' ||
    (/^\W{0,3}</.test(text) && /<(?:\w+:)?(?:AnnotatedECG|restingecgdata|RestingECG)\b/.test(text)) ||
    /^0 {7}[\s\S]{160}\d\d\.\d\d\.\d\d/.test(text) ||
    /\.(?:scp|mwf|mfer|edf|hea)$/i.test(name)
  );
}
