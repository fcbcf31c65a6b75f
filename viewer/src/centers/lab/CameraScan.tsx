import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const detectorClass = (): DetectorClass | undefined =>
  (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
const LOOK_EVERY_MS = 250;

/** Reads a barcode with the phone's camera, where the browser can (Chrome on Android); elsewhere it shows nothing. */
export function CameraScan({ onCode }: { onCode: (code: string) => void }) {
  const { t } = useTranslation('lab');
  const [on, setOn] = useState(false);
  const [refused, setRefused] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(onCode);
  useEffect(() => {
    latest.current = onCode;
  });
  useEffect(() => {
    const Class = detectorClass();
    if (!on || !Class) return;
    const detector = new Class({ formats: ['code_128', 'qr_code', 'code_39'] });
    let stream: MediaStream | undefined;
    let gone = false;
    const look = async () => {
      const element = video.current;
      const found = element && element.readyState >= 2 ? await detector.detect(element).catch(() => []) : [];
      const code = found[0]?.rawValue.trim().toUpperCase();
      if (!code || gone) return;
      setOn(false);
      latest.current(code);
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'environment' } })
      .then((opened) => {
        stream = opened;
        if (gone) opened.getTracks().forEach((track) => track.stop());
        else if (video.current) video.current.srcObject = opened;
      })
      .catch(() => {
        setRefused(true);
        setOn(false);
      });
    return () => {
      gone = true;
      clearInterval(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [on]);
  if (!detectorClass() || !('mediaDevices' in navigator)) return null;
  return (
    <>
      <Button className="lab-big" onClick={() => setOn(!on)}>
        {t(on ? 'camera.stop' : 'camera.start')}
      </Button>
      {refused && <span className="hub-tone-warn">{t('camera.refused')}</span>}
      {on && <video ref={video} className="lab-camera" autoPlay playsInline muted />}
    </>
  );
}
