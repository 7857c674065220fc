// Times llama.cpp's clip.cpp on one 336x336 frame: clip_frame MODEL.gguf THREADS ROUNDS
// Build: see README.md beside this file.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "clip.h"

int main(int argc, char ** argv) {
    if (argc < 4) {
        return 2;
    }

    clip_ctx * model = clip_model_load(argv[1], 0);
    if (model == nullptr) {
        return 1;
    }

    const int threads = std::atoi(argv[2]);
    clip_image_u8 * picture = clip_image_u8_init();
    std::string ppm = "P6 336 336 255\n" + std::string(336 * 336 * 3, 'd');
    if (!clip_image_load_from_bytes(reinterpret_cast<const unsigned char *>(ppm.data()), static_cast<int>(ppm.size()), picture)) {
        return 1;
    }

    clip_image_f32_batch batch = {nullptr, 0};
    if (!clip_image_preprocess(model, picture, &batch) || batch.size != 1) {
        return 1;
    }

    std::vector<float> output(clip_embd_nbytes(model) / sizeof(float));
    std::vector<double> seconds;
    for (int round = 0; round < std::atoi(argv[3]) + 1; round++) {
        const auto start = std::chrono::steady_clock::now();
        if (!clip_image_encode(model, threads, batch.data, output.data())) {
            return 1;
        }

        if (round > 0) {  // the first one warms up
            seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
    }

    std::sort(seconds.begin(), seconds.end());
    std::printf("{\"seconds\": %f}\n", seconds[seconds.size() / 2]);
    return 0;
}
