import type { Source } from './source.ts';

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export const mnist: Source = {
  name: 'mnist',
  description:
    'MNIST: 70,000 handwritten digits of about 500 writers (LeCun, Cortes, Burges), size-normalised to 20 × 20 and ' +
    'centred by mass in 28 × 28.',
  labels: digits,
  trainImages: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
  // As many as half the test set: enough to tell apart accuracies that differ by 0.1 points, and 55,000 stay to learn.
  validation: 5_000,
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
};

const fashionMnist: Source = {
  name: 'fashion-mnist',
  description:
    'Fashion-MNIST: 70,000 pictures of clothes in 10 classes (Xiao, Rasul, Vollgraf, 2017, arXiv:1708.07747), 28 × 28.',
  labels: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  trainImages: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
  validation: 5_000,
  mirrors: [
    // Where Debian's package dataset-fashion-mnist puts it.
    '/usr/share/datasets/fashion-mnist',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
};

/** Hashes of the .gz files as torchvision's dataset prototypes list them; not compared with the files by this project. */
const kmnist: Source = {
  name: 'kmnist',
  description:
    'Kuzushiji-MNIST: 70,000 characters of old Japanese cursive in 10 classes (CODH; Clanuwat et al., 2018, ' +
    'arXiv:1812.01718; CC BY-SA 4.0), 28 × 28.',
  labels: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'],
  trainImages: {
    name: 'train-images-idx3-ubyte',
    bytes: 47_040_016,
    sha256: null,
    gzip: { algorithm: 'sha256', hex: '51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4' },
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    bytes: 60_008,
    sha256: null,
    gzip: { algorithm: 'sha256', hex: 'e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17' },
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    bytes: 7_840_016,
    sha256: null,
    gzip: { algorithm: 'sha256', hex: 'edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5' },
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    bytes: 10_008,
    sha256: null,
    gzip: { algorithm: 'sha256', hex: '20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c' },
  },
  validation: 5_000,
  mirrors: ['http://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
};

/** MD5 of the .gz files as version 0.4.1 of PyPI's package mnists lists them; not compared with the files by this project. */
const emnistDigits: Source = {
  name: 'emnist-digits',
  description:
    'EMNIST Digits: 280,000 handwritten digits of NIST Special Database 19 (Cohen, Afshar, Tapson, van Schaik, 2017, ' +
    'arXiv:1702.05373), 28 × 28.',
  labels: digits,
  trainImages: {
    name: 'emnist-digits-train-images-idx3-ubyte',
    bytes: 188_160_016,
    sha256: null,
    gzip: { algorithm: 'md5', hex: 'd2662ecdc47895a6bbfce25de9e9a677' },
  },
  trainLabels: {
    name: 'emnist-digits-train-labels-idx1-ubyte',
    bytes: 240_008,
    sha256: null,
    gzip: { algorithm: 'md5', hex: '2223fcfee618ac9c89ef20b6e48bcf9e' },
  },
  testImages: {
    name: 'emnist-digits-test-images-idx3-ubyte',
    bytes: 31_360_016,
    sha256: null,
    gzip: { algorithm: 'md5', hex: 'a159b8b3bd6ab4ed4793c1cb71a2f5cc' },
  },
  testLabels: {
    name: 'emnist-digits-test-labels-idx1-ubyte',
    bytes: 40_008,
    sha256: null,
    gzip: { algorithm: 'md5', hex: '8afde66ea51d865689083ba6bb779fac' },
  },
  transposed: true,
  validation: 20_000,
  mirrors: [],
  archive: 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip',
};

/** Every dataset that is fetched rather than drawn. */
export const sources: readonly Source[] = [mnist, fashionMnist, kmnist, emnistDigits];
