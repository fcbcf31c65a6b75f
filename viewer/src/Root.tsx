import 'dayjs/locale/zh-cn';
import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useMemo } from 'react';
import { RouterProvider } from 'react-router';
import { queries } from './queries.ts';
import { createRoutes } from './routes.tsx';
import { PreferencesProvider, usePreferences } from './shell/preferences.tsx';
import { antdTheme } from './shell/theme.ts';

const router = createRoutes();

function Themed() {
  const { mode, language } = usePreferences();
  const theme = useMemo(() => antdTheme(mode), [mode]);
  return (
    <ConfigProvider
      theme={theme}
      locale={language === 'en-US' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <AntApp message={{ maxCount: 3 }} className="hub-root">
        <RouterProvider router={router} />
      </AntApp>
    </ConfigProvider>
  );
}

export function Root() {
  return (
    <QueryClientProvider client={queries}>
      <PreferencesProvider>
        <Themed />
      </PreferencesProvider>
    </QueryClientProvider>
  );
}
