/*
 * Trains the beat network (server/ecg/analysis/beatNetwork.ts; layers, input and marks are the same here).
 * In C because a day of JavaScript would be needed. Only for who trains anew; the hub never runs it.
 *
 *   node bench/ecg/train/trainingData.ts export training.bin hard=… holter=… other=… noise=…
 *   cc -O3 -march=native -ffast-math -o train bench/ecg/train/trainBeatNetwork.c -lm
 *   ./train training.bin weights.json 16000 11 -1      steps, seed, quarter held out (-1: none)
 *   node bench/ecg/train/trainingData.ts pack server/ecg/analysis/beatNetwork.json <about> weights.json
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 24
#define LAYERS 7
#define MOST 16384
#define BATCH 8

typedef struct { int inputs, outputs, kernel, dilation, stride, residual; } Layer;
static const Layer layers[LAYERS] = {
  {2, WIDTH, 9, 1, 3, 0}, {WIDTH, WIDTH, 5, 1, 1, 1}, {WIDTH, WIDTH, 5, 2, 1, 1},
  {WIDTH, WIDTH, 5, 4, 1, 1}, {WIDTH, WIDTH, 5, 8, 1, 1}, {WIDTH, WIDTH, 5, 16, 1, 1},
  {WIDTH, 1, 3, 1, 1, 0},
};
/* tap, input, output; then the biases */
static float *weights[LAYERS], *gradient[LAYERS], *mean[LAYERS], *square[LAYERS], *average[LAYERS];

/* group 0: short hard records, 1: Holter, 2: other long records, 3: noise without beats */
typedef struct { int group, rate, length, count; float *samples; int *beats; } Record;
static Record *records;
static int noises[256], noiseCount;

static int sizeOf(int l) { return layers[l].outputs * (layers[l].inputs * layers[l].kernel + 1); }
static int outLength(int n, int stride) { return (n + stride - 1) / stride; }

static uint32_t state;
static double chance(void) {
  state += 0x6d2b79f5u;
  uint32_t t = (state ^ (state >> 15)) * (state | 1);
  t ^= t + (t ^ (t >> 7)) * (t | 61);
  return (t ^ (t >> 14)) / 4294967296.0;
}
static double normal(void) { return sqrt(-2 * log(chance() + 1e-12)) * cos(2 * M_PI * chance()); }
static double between(double a, double b) { return a + (b - a) * chance(); }

/* one second-order section, forwards and backwards, as filters.ts has it */
static void section(double *x, int n, int high, double hz, double rate) {
  double w = 2 * M_PI * fmin(hz, rate * 0.49) / rate, c = cos(w), alpha = sin(w) / (2 * M_SQRT1_2);
  double a0 = 1 + alpha, b0 = (high ? (1 + c) / 2 : (1 - c) / 2) / a0, b1 = (high ? -(1 + c) : 1 - c) / a0;
  double b2 = b0, a1 = -2 * c / a0, a2 = (1 - alpha) / a0, gain = (b0 + b1 + b2) / (1 + a1 + a2);
  for (int back = 0; back < 2; back++) {
    double x1 = x[back ? n - 1 : 0], x2 = x1, y1 = x1 * gain, y2 = y1;
    for (int k = 0; k < n; k++) {
      int i = back ? n - 1 - k : k;
      double value = x[i], y = b0 * value + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      x2 = x1; x1 = value; y2 = y1; y1 = y;
      x[i] = y;
    }
  }
}

static int ascending(const void *a, const void *b) {
  double p = *(const double *)a, q = *(const double *)b;
  return p < q ? -1 : p > q;
}

static int networkInput(const double *lead, int n, double rate, float *input) {
  static double band[MOST];
  int samples = n / rate * 100;
  for (int channel = 0; channel < 2; channel++) {
    memcpy(band, lead, n * sizeof *band);
    section(band, n, 1, channel ? 8 : 0.8, rate);
    section(band, n, 0, channel ? 30 : 40, rate);
    int window = fmax(1, lround(rate * 1.6)), windows = (n + window - 1) / window;
    double maxima[256] = {0};
    for (int i = 0; i < n; i++) maxima[i / window] = fmax(maxima[i / window], fabs(band[i]));
    qsort(maxima, windows, sizeof *maxima, ascending);
    double level = windows & 1 ? maxima[windows / 2] : (maxima[windows / 2 - 1] + maxima[windows / 2]) / 2;
    double gain = 20 / (level > 0 ? level : 1e-9);
    for (int i = 0; i < samples; i++) {
      double place = i * rate / 100, share = place - (int)place;
      int left = place, right = left + 1 < n ? left + 1 : n - 1;
      input[i * 2 + channel] = asinh((band[left] * (1 - share) + band[right] * share) * gain) / 2;
    }
  }
  return samples;
}

static void forward(int l, const float *x, int n, float *y) {
  Layer q = layers[l];
  const float *bias = weights[l] + q.kernel * q.inputs * q.outputs;
  for (int t = 0; t < outLength(n, q.stride); t++) {
    float sum[WIDTH];
    for (int o = 0; o < q.outputs; o++) sum[o] = bias[o];
    for (int k = 0; k < q.kernel; k++) {
      int source = t * q.stride + (k - q.kernel / 2) * q.dilation;
      if (source < 0 || source >= n) continue;
      const float *from = x + source * q.inputs, *tap = weights[l] + k * q.inputs * q.outputs;
      for (int c = 0; c < q.inputs; c++)
        if (q.outputs == WIDTH) for (int o = 0; o < WIDTH; o++) sum[o] += from[c] * tap[c * WIDTH + o];
        else sum[0] += from[c] * tap[c];
    }
    for (int o = 0; o < q.outputs; o++) {
      if (l < LAYERS - 1 && sum[o] < 0) sum[o] *= 0.1f;
      y[t * q.outputs + o] = sum[o] + (q.residual ? x[t * q.inputs + o] : 0);
    }
  }
}

static void backward(int l, const float *x, int n, const float *y, const float *dy, float *dx) {
  Layer q = layers[l];
  static float turned[9 * WIDTH * WIDTH];
  for (int k = 0; k < q.kernel; k++)
    for (int c = 0; c < q.inputs; c++)
      for (int o = 0; o < q.outputs; o++)
        turned[(k * q.outputs + o) * q.inputs + c] = weights[l][(k * q.inputs + c) * q.outputs + o];
  memset(dx, 0, sizeof *dx * n * q.inputs);
  float *bias = gradient[l] + q.kernel * q.inputs * q.outputs;
  for (int t = 0; t < outLength(n, q.stride); t++) {
    float d[WIDTH];
    for (int o = 0; o < q.outputs; o++) {
      float own = dy[t * q.outputs + o], before = y[t * q.outputs + o];
      if (q.residual) {
        before -= x[t * q.inputs + o];
        dx[t * q.inputs + o] += own;
      }
      if (l < LAYERS - 1 && before < 0) own *= 0.1f;
      bias[o] += d[o] = own;
    }
    for (int k = 0; k < q.kernel; k++) {
      int source = t * q.stride + (k - q.kernel / 2) * q.dilation;
      if (source < 0 || source >= n) continue;
      const float *from = x + source * q.inputs;
      float *tap = gradient[l] + k * q.inputs * q.outputs, *to = dx + source * q.inputs;
      for (int c = 0; c < q.inputs; c++)
        if (q.outputs == WIDTH) for (int o = 0; o < WIDTH; o++) tap[c * WIDTH + o] += from[c] * d[o];
        else tap[c] += from[c] * d[0];
      for (int o = 0; o < q.outputs; o++)
        for (int c = 0; c < q.inputs; c++) to[c] += d[o] * turned[(k * q.outputs + o) * q.inputs + c];
    }
  }
}

static double lead[MOST];
static int beats[512], beatCount;

/* size of single beats (small ones beside huge ones), or of a share of them together */
static void resizeBeats(int n, double rate, double middle) {
  double share = chance() * 0.6, common = chance() < 0.5 ? exp(normal() * 0.9) : 0;
  int before = lround(rate * 0.14), after = lround(rate * between(0.14, 0.4));
  for (int b = 0; b < beatCount; b++) {
    if (chance() > share) continue;
    double factor = common > 0 ? common : exp(normal() * 0.7);
    for (int i = beats[b] < before ? 0 : beats[b] - before; i < n && i < beats[b] + after; i++) {
      double rise = (double)(i - beats[b] + before) / before, fall = (double)(beats[b] + after - i) / after;
      double edge = fmin(fmin(rise, fall), 0.5) * 2;
      lead[i] = middle + (lead[i] - middle) * (1 + (factor - 1) * edge);
    }
  }
}

static void addDisturbances(int n, double rate, double size) {
  if (chance() < 0.4) { /* muscle */
    double level = size * (chance() < 0.3 ? between(0.05, 0.25) : between(0, 0.08));
    for (int i = 0; i < n; i++) lead[i] += level * normal();
  }
  if (chance() < 0.5) /* wander */
    for (int k = 0; k < 4; k++) {
      double hz = between(0.1, 2.5), phase = chance() * 7, height = size * 0.4 * pow(chance(), 2);
      for (int i = 0; i < n; i++) lead[i] += height * sin(2 * M_PI * hz * i / rate + phase);
    }
  if (chance() < 0.25) /* steps that come back slowly */
    for (int k = 1 + (int)(chance() * 4); k > 0; k--) {
      int at = chance() * n;
      double now = size * normal() * 1.5, decay = exp(-1 / (rate * between(0.02, 1.5)));
      double rise = fmax(1, rate * between(0.002, 0.15));
      for (int i = at; i < n; i++) {
        if (i - at > rise) now *= decay;
        lead[i] += now * fmin(1, (i - at) / rise);
      }
    }
  if (chance() < 0.2) { /* pulses of one kind, as a loose electrode or a pacer gives them */
    double height = size * (chance() < 0.75 ? 1 : -1) * exp(between(-0.7, 1.8));
    double rise = fmax(1, rate * between(0.004, 0.03)), decay = exp(-1 / (rate * between(0.005, 0.12)));
    for (int k = 1 + (int)(chance() * 12); k > 0; k--) {
      int at = chance() * n;
      double now = height * between(0.5, 1.5);
      for (int i = at; i < n && i - at < rate; i++) {
        if (i - at > rise) now *= decay;
        lead[i] += now * fmin(1, (i - at) / rise);
      }
    }
  }
  if (chance() < 0.15) { /* a moved cable */
    int from = chance() * n, to = from + lround(rate * between(0.3, 2));
    double walk = 0;
    for (int i = from; i < n && i < to; i++) lead[i] += walk = walk * 0.95 + normal() * size * 0.12;
  }
  if (noiseCount > 0 && chance() < 0.35) { /* recorded electrode motion */
    Record *noise = &records[noises[(int)(chance() * noiseCount)]];
    double step = noise->rate / rate * between(0.7, 1.3), energy = 0;
    int start = chance() * (noise->length - n * step - 2);
    if (start < 0) return;
    for (int i = 0; i < noise->length; i++) energy += noise->samples[i] * noise->samples[i];
    double gain = size * chance() * chance() * 0.6 / (sqrt(energy / noise->length) + 1e-9);
    int from = chance() < 0.5 ? 0 : chance() * n, to = from + between(1, 10) * rate;
    for (int i = from; i < n && i < to; i++) {
      double place = start + i * step;
      int left = place;
      lead[i] += gain * (noise->samples[left] + (noise->samples[left + 1] - noise->samples[left]) * (place - left));
    }
  }
}

/* ten seconds of a record, changed as recordings differ; answers its length */
static int augmented(const Record *record, double *rate) {
  static double sorted[MOST];
  int n = record->rate * 10 < record->length ? record->rate * 10 : record->length;
  int start = chance() * (record->length - n);
  *rate = round(record->rate * (chance() < 0.5 ? 1 : between(0.75, 1.3)));
  double sign = chance() < 0.25 ? -1 : 1;
  for (int i = 0; i < n; i++) lead[i] = sorted[i] = record->samples[start + i] * sign;
  beatCount = 0;
  for (int i = 0; i < record->count && beatCount < 512; i++)
    if (record->beats[i] >= start && record->beats[i] < start + n) beats[beatCount++] = record->beats[i] - start;
  qsort(sorted, n, sizeof *sorted, ascending);
  double size = sorted[(int)(n * 0.99)] - sorted[(int)(n * 0.01)];
  if (chance() < 0.5) resizeBeats(n, *rate, sorted[n / 2]);
  addDisturbances(n, *rate, size > 0 ? size : 1);
  return n;
}

/* cross entropy: a mark within 27 ms of a beat is wanted, the one beside it hardly counts */
static double lossOf(const float *marks, int n, double rate, float *back) {
  static float wanted[MOST], weight[MOST];
  double loss = 0;
  for (int i = 0; i < n; i++) wanted[i] = 0, weight[i] = 1;
  for (int b = 0; b < beatCount; b++) {
    double at = beats[b] / rate * 100 / 3;
    for (int i = fmax(0, ceil(at - 4)); i < n && i <= at + 4; i++) {
      double far = fabs(i - at);
      if (far <= 0.9) wanted[i] = 1, weight[i] = 3;
      else if (wanted[i] != 1 && far <= 1.7) weight[i] = 0.2;
    }
  }
  for (int i = 0; i < n; i++) {
    double p = 1 / (1 + exp(-marks[i])), scale = weight[i] / (n * BATCH);
    back[i] = (p - wanted[i]) * scale;
    loss -= scale * (wanted[i] == 1 ? log(p + 1e-7) : log(1 - p + 1e-7));
  }
  return loss;
}

static void readRecords(const char *path, int held, int groups[3][256], int counts[3]) {
  FILE *file = fopen(path, "rb");
  int total = 0, hard = 0, head[4];
  if (!file || fread(&total, 4, 1, file) != 1) exit((perror(path), 1));
  records = calloc(total, sizeof *records);
  for (int i = 0; i < total; i++) {
    if (fread(head, 4, 4, file) != 4) exit((fprintf(stderr, "%s is cut off\n", path), 1));
    Record *r = &records[i];
    *r = (Record){head[0], head[1], head[2], head[3], malloc(4 * head[2]), malloc(4 * head[3] + 4)};
    if (fread(r->samples, 4, head[2], file) + fread(r->beats, 4, head[3], file) != (size_t)(head[2] + head[3]))
      exit((fprintf(stderr, "%s is cut off\n", path), 1));
    if (r->group == 3) noises[noiseCount++] = i;
    else if (r->group != 0 || hard++ % 4 != held) groups[r->group][counts[r->group]++] = i;
  }
  fclose(file);
}

static void writeWeights(const char *path) {
  FILE *file = fopen(path, "w");
  fprintf(file, "{\"width\": %d, \"dilations\": [1, 2, 4, 8, 16], \"layers\": [", WIDTH);
  for (int l = 0; l < LAYERS; l++) {
    Layer q = layers[l];
    fprintf(file, "%s[", l ? ",\n" : "");
    for (int o = 0; o < q.outputs; o++) {
      for (int k = 0; k < q.kernel * q.inputs; k++)
        fprintf(file, "%s%.6g", o + k ? "," : "", average[l][k * q.outputs + o]);
      fprintf(file, ",%.6g", average[l][q.kernel * q.inputs * q.outputs + o]);
    }
    fprintf(file, "]");
  }
  fprintf(file, "]}\n");
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc < 6) return fprintf(stderr, "usage: train data.bin weights.json steps seed quarter\n"), 1;
  static int groups[3][256];
  int counts[3] = {0}, steps = atoi(argv[3]);
  state = atoi(argv[4]);
  readRecords(argv[1], atoi(argv[5]), groups, counts);
  for (int l = 0; l < LAYERS; l++) {
    int size = sizeOf(l), taps = layers[l].inputs * layers[l].kernel;
    float **all[] = {weights, gradient, mean, square, average};
    for (int a = 0; a < 5; a++) all[a][l] = calloc(size, sizeof(float));
    for (int i = 0; i < taps * layers[l].outputs; i++)
      weights[l][i] = normal() * sqrt((layers[l].residual ? 0.5 : 2) / taps);
    if (l == LAYERS - 1) weights[l][size - 1] = -3;
    memcpy(average[l], weights[l], size * sizeof(float));
  }
  static float seen[LAYERS + 1][MOST * WIDTH], one[MOST * WIDTH], other[MOST * WIDTH];
  int length[LAYERS + 1];
  double running = 0;
  for (int step = 1; step <= steps; step++) {
    double loss = 0, rate;
    for (int l = 0; l < LAYERS; l++) memset(gradient[l], 0, sizeOf(l) * sizeof(float));
    for (int b = 0; b < BATCH; b++) {
      double pick = chance();
      int group = pick < 0.72 ? 0 : pick < 0.94 ? 1 : 2;
      int n = augmented(&records[groups[group][(int)(chance() * counts[group])]], &rate);
      length[0] = networkInput(lead, n, rate, seen[0]);
      for (int l = 0; l < LAYERS; l++) {
        forward(l, seen[l], length[l], seen[l + 1]);
        length[l + 1] = outLength(length[l], layers[l].stride);
      }
      loss += lossOf(seen[LAYERS], length[LAYERS], rate, one);
      float *now = one, *next = other;
      for (int l = LAYERS - 1; l >= 0; l--) {
        backward(l, seen[l], length[l], seen[l + 1], now, next);
        float *swapped = now;
        now = next;
        next = swapped;
      }
    }
    running = step == 1 ? loss : running * 0.99 + loss * 0.01;
    /* Adam; the rate warms up, then falls as a cosine; what is kept is a running average */
    double speed = 0.004 * fmin(1, step / 50.0) * (0.02 + 0.49 * (1 + cos(M_PI * step / steps)));
    for (int l = 0; l < LAYERS; l++)
      for (int i = 0; i < sizeOf(l); i++) {
        float g = gradient[l][i];
        mean[l][i] = 0.9 * mean[l][i] + 0.1 * g;
        square[l][i] = 0.999 * square[l][i] + 0.001 * g * g;
        double change = mean[l][i] / (1 - pow(0.9, step)) / (sqrt(square[l][i] / (1 - pow(0.999, step))) + 1e-8);
        weights[l][i] -= speed * (change + 0.002 * weights[l][i]);
        average[l][i] = average[l][i] * 0.998 + weights[l][i] * 0.002;
      }
    if (step % 500 == 0) fprintf(stderr, "%d %.4f\n", step, running);
  }
  writeWeights(argv[2]);
  return 0;
}
