import { GlobalOutlined, MoonOutlined, SunOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown, Input, Tooltip, type InputRef } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { may } from './access.ts';
import { CriticalBell } from './CriticalBell.tsx';
import { EngineBell } from './EngineBell.tsx';
import { NoticeBell } from './NoticeBell.tsx';
import { usePreferences } from './preferences.tsx';
import { signOut, useSession } from './session.tsx';
import { useLine } from './useEvents.ts';
import { useKeys } from './useKeys.ts';

function SearchBox() {
  const { t } = useTranslation('shell');
  const box = useRef<InputRef>(null);
  const navigate = useNavigate();
  const [text, setText] = useState('');
  useKeys({
    'ctrl+k': { label: t('keys.search'), inText: true, run: () => box.current?.focus({ cursor: 'all' }) },
  });
  return (
    <Input.Search
      ref={box}
      className="hub-search"
      value={text}
      onChange={(event) => setText(event.target.value)}
      placeholder={t('search.placeholder')}
      aria-label={t('search.placeholder')}
      allowClear
      onSearch={(value) => {
        if (value.trim()) void navigate(`/search?q=${encodeURIComponent(value.trim())}`);
      }}
    />
  );
}

/** Institution, one search for everything, critical bell, line state, language, theme, person. */
export function TopBar() {
  const { t } = useTranslation('shell');
  const session = useSession();
  const navigate = useNavigate();
  const { mode, setMode, language, setLanguage } = usePreferences();
  const online = useLine();
  const themeLabel = mode === 'dark' ? t('top.light') : t('top.dark');
  return (
    <header className="hub-top">
      <span className="hub-top-institution" title={session.institution.name}>
        {session.institution.name}
      </span>
      {may(session, 'order.read') && <SearchBox />}
      <span className="hub-grow" />
      {may(session, 'admin.device', 'unmatched.decide') && <EngineBell />}
      <NoticeBell />
      <CriticalBell />
      <span className={online ? 'hub-line hub-line-on' : 'hub-line hub-line-off'} role="status">
        {online ? t('top.online') : t('top.offline')}
      </span>
      <Tooltip title={language === 'zh-CN' ? 'English' : '中文'}>
        <Button
          type="text"
          icon={<GlobalOutlined />}
          aria-label={language === 'zh-CN' ? 'English' : '中文'}
          onClick={() => setLanguage(language === 'zh-CN' ? 'en-US' : 'zh-CN')}
        />
      </Tooltip>
      <Tooltip title={themeLabel}>
        <Button
          type="text"
          icon={mode === 'dark' ? <SunOutlined /> : <MoonOutlined />}
          aria-label={themeLabel}
          onClick={() => setMode(mode === 'dark' ? 'light' : 'dark')}
        />
      </Tooltip>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'account', label: t('top.account') },
            ...(may(session, 'report.write') ? [{ key: 'texts', label: t('top.texts') }] : []),
            { key: 'out', label: t('top.signOut') },
          ],
          onClick: ({ key }) =>
            void (key === 'out' ? signOut() : navigate(key === 'texts' ? '/admin/templates' : '/account')),
        }}
      >
        <Button type="text" icon={<UserOutlined />}>
          {session.user.name}
        </Button>
      </Dropdown>
    </header>
  );
}
