import { Tabs } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { modules } from '../centers/index.ts';
import { lazyPane } from '../shell/lazyPane.ts';
import { Loading } from '../shell/states.tsx';
import { UploadPanel } from './upload/UploadPanel.tsx';

/** Input without an order: images, and a tab for every centre that takes files of its own. */
export default function UploadPage() {
  const others = modules.filter((module) => module.UploadPane && module.uploadTitleKey);
  const { t } = useTranslation(['upload', 'shell', ...others.map((module) => module.namespace)]);
  const tab = useLocation().hash.slice(1) || 'imaging';
  const navigate = useNavigate();
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('shell:rail.upload')}</h1>
      <Tabs
        activeKey={tab}
        onChange={(next) => void navigate(`#${next}`, { replace: true })}
        items={[
          {
            key: 'imaging',
            label: t('images'),
            children: (
              <>
                <p className="hub-quiet">{t('hint')}</p>
                <div className="hub-panel">
                  <UploadPanel />
                </div>
              </>
            ),
          },
          ...others.map((module) => {
            const Pane = module.UploadPane && lazyPane(module.UploadPane);
            return {
              key: module.kind,
              label: t(`${module.namespace}:${module.uploadTitleKey}`),
              children: (
                <div className="hub-panel">
                  <Suspense fallback={<Loading rows={4} />}>{Pane && <Pane />}</Suspense>
                </div>
              ),
            };
          }),
        ]}
      />
    </div>
  );
}
