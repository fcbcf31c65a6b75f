import { useTranslation } from 'react-i18next';
import type { Organism } from './types.ts';

/** What grew, and what acts on it: resistant drugs in words and colour. */
export function Organisms({ organisms }: { organisms: Organism[] }) {
  const { t } = useTranslation('lab');
  return organisms.map((organism) => (
    <div key={organism.name} className="lab-grown">
      <div>
        <strong>{organism.name}</strong>{' '}
        <span className="hub-quiet">
          {[organism.quantity, organism.contaminant ? t('culture.contaminant') : '']
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      {organism.susceptibilities.length > 0 && (
        <ul>
          {organism.susceptibilities.map((one) => (
            <li key={one.drug}>
              {one.drug} <span className="hub-num hub-quiet">{one.mic}</span>{' '}
              <b
                className={
                  one.category === 'R' ? 'hub-tone-breach' : one.category === 'I' ? 'hub-tone-warn' : ''
                }
              >
                {t(`culture.sir.${one.category}`)}
              </b>
            </li>
          ))}
        </ul>
      )}
    </div>
  ));
}
