const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** An invented ID card number with a right check digit (GB 11643); the last digit of `sequence` is odd for men. */
export function demoIdCard(birthDate: string, sequence: string): string {
  const body = `320699${birthDate.replaceAll('-', '')}${sequence}`;
  const sum = [...body].reduce((total, digit, n) => total + Number(digit) * (weights[n] ?? 0), 0);
  return body + ('10X98765432'[sum % 11] ?? '');
}
