import { App } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { core, tools } from '../../panes/cornerstone/engine.ts';
import { chooseTool } from '../../panes/cornerstone/toolGroup.ts';
import type { AnnotationExtra, RatioRole } from './measurements.ts';

/** Cardiothoracic ratio in two strokes: the widest heart, then the widest chest; drawing again replaces the old pair. */
export function useRatio(onEnd: () => void) {
  const { t } = useTranslation('imaging');
  const { message } = App.useApp();
  const [asked, setAsked] = useState<RatioRole | null>(null);
  const end = useRef(onEnd);
  /** Known at once, also to what is completed before the next drawing. */
  const wanted = useRef(false);
  useEffect(() => {
    end.current = onEnd;
    wanted.current = asked !== null;
  });
  useEffect(() => {
    if (!asked) return;
    void message.open({ key: 'ratio', type: 'info', content: t(`ratioDraw.${asked}`), duration: 0 });
    const done = (event: Event) => {
      const { annotation } = (event as CustomEvent<{ annotation: tools.Types.Annotation }>).detail;
      if (!wanted.current || annotation.metadata?.toolName !== tools.LengthTool.toolName) return;
      const { state } = tools.annotation;
      for (const each of state.getAllAnnotations())
        if ((each.data as AnnotationExtra).role === asked && each !== annotation)
          state.removeAnnotation(each.annotationUID ?? '');
      const data = annotation.data as AnnotationExtra;
      data.role = asked;
      data.label = t(`ratioRole.${asked}`);
      if (asked === 'heart') return setAsked('chest');
      message.destroy('ratio');
      setAsked(null);
      end.current();
    };
    core.eventTarget.addEventListener(tools.Enums.Events.ANNOTATION_COMPLETED, done);
    return () => {
      core.eventTarget.removeEventListener(tools.Enums.Events.ANNOTATION_COMPLETED, done);
      message.destroy('ratio');
    };
  }, [asked, message, t]);
  return {
    active: asked !== null,
    toggle: () => {
      if (asked) {
        wanted.current = false;
        return setAsked(null);
      }
      chooseTool('length');
      setAsked('heart');
    },
  };
}
