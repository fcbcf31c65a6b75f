import { ConfigProvider } from 'antd';
import { useMemo, type CSSProperties, type ReactNode } from 'react';
import { antdTheme, cssVariables } from './theme.ts';

/** Dark colours for one part of a page: what stands around an image is dimmer than the image. */
export function DarkRoom({ children }: { children: ReactNode }) {
  const theme = useMemo(() => antdTheme('dark'), []);
  const style = useMemo(
    () => ({ ...cssVariables('dark'), color: 'var(--hub-text)', colorScheme: 'dark' }) as CSSProperties,
    [],
  );
  return (
    <ConfigProvider theme={{ ...theme, inherit: false }} modal={{ style }} popover={{ style }}>
      <div className="hub-dark" style={style}>
        {children}
      </div>
    </ConfigProvider>
  );
}
