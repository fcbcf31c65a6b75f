import { App, Button, Select, Space } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '../../shell/useKeys.ts';
import { useStatements } from './api.ts';
import type { Statement } from './types.ts';

type Content = Record<string, unknown>;

interface Props {
  content: Content;
  change: (part: Content) => void;
  measurements: () => string;
  machine: string[];
  /** A critical or notable flag stands: normal in one key is not offered before it is dismissed. */
  notNormal: boolean;
}

/** Statements by pinyin initials, number or words; several combine. One key says normal. */
export function StatementPicker({ content, change, measurements, machine, notNormal }: Props) {
  const { t, i18n } = useTranslation('ecg');
  const { modal } = App.useApp();
  const statements = useStatements();
  const [typed, setTyped] = useState('');
  const english = i18n.language === 'en-US';
  const words = (statement: Statement): string => (english ? statement.textEn : statement.textZh);
  const text = (key: string): string => (typeof content[key] === 'string' ? (content[key] as string) : '');
  const chosen = Array.isArray(content.statements) ? (content.statements as string[]) : [];
  const add = (statement: Statement) => {
    const impression = text('impression').trim();
    // the language of the report is Chinese, whatever the pages speak
    const standing = chosen.filter((code) => {
      const before = statements.data?.find((entry) => entry.code === code);
      return before && impression.includes(before.textZh);
    });
    change({
      statements: [...new Set([...standing, statement.code])],
      impression: impression ? `${impression}\n${statement.textZh}` : statement.textZh,
      positive: !statement.normal || (impression !== '' && content.positive === true),
    });
    setTyped('');
  };
  const normal = () => {
    const first = statements.data?.find((statement) => statement.normal);
    const sinus = statements.data?.find((statement) => statement.code === 'E003');
    if (!first || notNormal) return;
    const write = () =>
      change({
        findings: [sinus?.textZh, measurements()].filter(Boolean).join('。'),
        impression: first.textZh,
        positive: false,
        critical: false,
        statements: [first.code],
      });
    const standing = text('impression').trim();
    if (standing === '' || standing === first.textZh) return write();
    modal.confirm({
      title: t('statement.replace', { normal: first.textZh }),
      content: <span style={{ whiteSpace: 'pre-line' }}>{standing}</span>,
      okText: t('statement.replaceYes'),
      onOk: write,
    });
  };
  useKeys({ 'alt+z': { label: t('keys.normal'), inText: true, run: normal } });
  const options = useMemo(() => {
    const q = typed.trim().toLowerCase();
    const found = (statements.data ?? []).filter(
      (s) =>
        !q ||
        String(s.number) === q ||
        s.initials.includes(q) ||
        s.textZh.includes(q) ||
        s.textEn.toLowerCase().includes(q),
    );
    found.sort(
      (a, b) =>
        Number(String(b.number) === q) - Number(String(a.number) === q) ||
        Number(b.initials.startsWith(q)) - Number(a.initials.startsWith(q)) ||
        a.initials.length - b.initials.length ||
        a.number - b.number,
    );
    return found.slice(0, 40);
  }, [statements.data, typed]);
  return (
    <div className="ecg-statements">
      <Space.Compact style={{ width: '100%' }}>
        <Select
          style={{ flex: 1 }}
          aria-label={t('statement.find')}
          showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }}
          value={null}
          placeholder={t('statement.find')}
          notFoundContent={t('statement.none')}
          onChange={(code: string | null) => {
            const statement = statements.data?.find((entry) => entry.code === code);
            if (statement) add(statement);
          }}
          options={options.map((statement) => ({
            value: statement.code,
            label: `${statement.number} ${words(statement)} · ${statement.initials}`,
          }))}
        />
        <Button onClick={normal} disabled={notNormal} title={notNormal ? t('statement.notNormal') : 'Alt+Z'}>
          {t('statement.normal')}
        </Button>
      </Space.Compact>
      {machine.length > 0 && (
        <details>
          <summary>{t('statement.machine', { n: machine.length })}</summary>
          <ul>
            {machine.map((statement) => (
              <li key={statement}>
                {statement}{' '}
                <Button
                  size="small"
                  type="link"
                  onClick={() =>
                    change({ impression: [text('impression').trim(), statement].filter(Boolean).join('\n') })
                  }
                >
                  {t('statement.take')}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
