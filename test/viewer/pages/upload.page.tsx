export { UploadPanel as Panel } from '../../../viewer/src/pages/upload/UploadPanel.tsx';
