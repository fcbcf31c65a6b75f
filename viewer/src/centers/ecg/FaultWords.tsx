import { useTranslation } from 'react-i18next';

/** Why a file cannot be read: in words, the technical reason small beside it. */
export function FaultWords({ fault, reason }: { fault: string | undefined; reason: string }) {
  const { t } = useTranslation('ecg');
  return (
    <span>
      {fault && `${t(`fault.${fault}`)} `}
      <span className="hub-quiet" lang="en">
        {reason}
      </span>
    </span>
  );
}
