let context: AudioContext | null = null;

function tone(frequencyHz: number, startS: number, lengthS: number, gain: number): void {
  if (!context) return;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequencyHz;
  volume.gain.setValueAtTime(gain, context.currentTime + startS);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + startS + lengthS);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(context.currentTime + startS);
  oscillator.stop(context.currentTime + startS + lengthS);
}

function ready(): boolean {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume();
    return true;
  } catch {
    return false;
  }
}

/** Scan accepted. */
export function soundOk(): void {
  if (ready()) tone(1320, 0, 0.12, 0.2);
}
/** Scan refused: lower and twice, told apart without looking. */
export function soundWrong(): void {
  if (!ready()) return;
  tone(220, 0, 0.2, 0.35);
  tone(220, 0.28, 0.25, 0.35);
}
/** Critical value: three rising tones. */
export function soundCritical(): void {
  if (!ready()) return;
  [740, 880, 1046].forEach((frequency, index) => tone(frequency, index * 0.22, 0.2, 0.4));
}
