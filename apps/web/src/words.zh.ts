import type { Words } from './words.ts';

export const zh: Words = {
  draw: '请写一个数字',
  drawHere: '书写区：用鼠标、手指或触控笔写一个数字',
  undo: '撤销',
  clear: '清除',
  awaiting: '答案会显示在这里。',
  loading: '正在加载模型…',
  seen: '网络看到的图像',
  seenNothing: '网络看到的图像：暂无',
  probabilities: '每个数字的概率',
  uncertain: '不确定',
  uncertainAdvice: '这看起来不像数字。请写大一些，或清除后重写。',
  failed: '暂时无法识别',
  retry: '重试',
  cleared: '已清除',
  sure: (share) => `把握 ${share}`,
  answered: (label, share) => `识别为 ${label}，把握 ${share}`,
};
