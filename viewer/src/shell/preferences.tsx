import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { chooseLanguage } from './i18n.ts';
import { firstLanguage, type Language } from './language.ts';
import { cssVariables, type Mode } from './theme.ts';

interface Preferences {
  mode: Mode;
  language: Language;
  setMode: (mode: Mode) => void;
  setLanguage: (language: Language) => void;
}

const Context = createContext<Preferences | null>(null);

/** Light or dark and the language, kept on this machine. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [mode, setModeState] = useState<Mode>(() =>
    localStorage.getItem('hub.mode') === 'dark' ? 'dark' : 'light',
  );
  const client = useQueryClient();
  const [language, setLanguageState] = useState<Language>(firstLanguage);

  useEffect(() => {
    for (const [name, value] of Object.entries(cssVariables(mode))) {
      document.documentElement.style.setProperty(name, value);
    }
    document.documentElement.dataset.mode = mode;
    document.documentElement.style.colorScheme = mode;
  }, [mode]);

  const setMode = useCallback((next: Mode) => {
    localStorage.setItem('hub.mode', next);
    setModeState(next);
  }, []);
  const setLanguage = useCallback(
    (next: Language) => {
      void chooseLanguage(next).then(() => {
        setLanguageState(next);
        return client.invalidateQueries(); // names of the catalogues come in the language of the page
      });
    },
    [client],
  );

  const value = useMemo(
    () => ({ mode, language, setMode, setLanguage }),
    [mode, language, setMode, setLanguage],
  );
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const value = useContext(Context);
  if (!value) throw new Error('usePreferences outside of PreferencesProvider');
  return value;
}
