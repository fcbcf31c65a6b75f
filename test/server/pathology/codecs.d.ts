declare module '@cornerstonejs/codec-openjpeg';
declare module '@cornerstonejs/codec-charls';
