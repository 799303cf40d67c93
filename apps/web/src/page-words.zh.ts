import type { PageWords } from './page-words.ts';

export const zh: PageWords = {
  documentTitle: 'mnist-edge：在浏览器里识别手写数字',
  title: '写一个数字，让小小的神经网络来认。',
  promise: '它就在你的浏览器里运行，任何数据都不会离开。',
  language: '语言',
  how: '它是怎样工作的',
  steps: [
    { title: '你来写', text: '鼠标、手指或触控笔的轨迹以笔画的形式留在这台设备上。' },
    { title: '变成 28 × 28 像素', text: '墨迹按质心缩放、居中，与网络学习时所见的数字处理得完全一样。' },
    { title: '网络来看', text: '小型神经网络由 ONNX Runtime 以 WebAssembly 运行，给每个数字打分。' },
    { title: '分数变成答案', text: '分数换算成概率。如果没有一个足够高，网络会说它不确定。' },
  ],
  model: '本页使用的模型',
  modelLoading: '加载中…',
  name: '名称',
  version: '版本',
  accuracy: '测试准确率',
  size: '大小',
  tested: (images) => `在 ${images} 张未见过的图像上`,
  parameters: (parameters) => `${parameters} 个参数`,
};
