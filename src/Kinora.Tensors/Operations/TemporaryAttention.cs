namespace Kinora.Tensors.Operations;

internal static unsafe class TemporaryAttention
{
    private static double[] P(Tensor q, Tensor k, int heads, int kv, int s0, int n, int h, bool causal)
    {
        var d = q.Shape.Last / heads; var p = new double[n * n]; var g = h / (heads / kv);
        for (var i = 0; i < n; i++)
        {
            double max = double.NegativeInfinity, sum = 0;
            var last = causal ? i + 1 : n;
            for (var j = 0; j < last; j++)
            {
                double s = 0;
                for (var c = 0; c < d; c++) s += (double)q.Floats[(long)(s0 + i) * q.Shape.Last + h * d + c] * k.Floats[(long)(s0 + j) * k.Shape.Last + g * d + c];
                p[i * n + j] = s / Math.Sqrt(d); max = Math.Max(max, p[i * n + j]);
            }
            for (var j = 0; j < last; j++) sum += p[i * n + j] = Math.Exp(p[i * n + j] - max);
            for (var j = 0; j < last; j++) p[i * n + j] /= sum;
        }
        return p;
    }

    public static void Forward(Tensor q, Tensor k, Tensor v, int heads, int kv, Sequences seq, bool causal, Tensor o)
    {
        var d = q.Shape.Last / heads;
        for (var s = 0; s < seq.Count; s++) for (var h = 0; h < heads; h++)
        {
            int s0 = seq.First(s), n = seq.Length(s), g = h / (heads / kv); var p = P(q, k, heads, kv, s0, n, h, causal);
            for (var i = 0; i < n; i++) for (var c = 0; c < d; c++)
            {
                double y = 0; for (var j = 0; j < n; j++) y += p[i * n + j] * v.Floats[(long)(s0 + j) * v.Shape.Last + g * d + c];
                o.Floats[(long)(s0 + i) * q.Shape.Last + h * d + c] = (float)y;
            }
        }
    }

    public static void Back(Tensor q, Tensor k, Tensor v, Tensor dO, int heads, int kv, Sequences seq, bool causal, Tensor dq, Tensor dk, Tensor dv)
    {
        dq.AsSpan().Clear(); dk.AsSpan().Clear(); dv.AsSpan().Clear();
        var d = q.Shape.Last / heads; var scale = 1 / Math.Sqrt(d);
        for (var s = 0; s < seq.Count; s++) for (var h = 0; h < heads; h++)
        {
            int s0 = seq.First(s), n = seq.Length(s), g = h / (heads / kv); var p = P(q, k, heads, kv, s0, n, h, causal);
            for (var i = 0; i < n; i++)
            {
                var dp = new double[n]; double mean = 0; var qi = (long)(s0 + i) * q.Shape.Last + h * d;
                for (var j = 0; j < n; j++) { var kj = (long)(s0 + j) * v.Shape.Last + g * d; for (var c = 0; c < d; c++) { dp[j] += (double)dO.Floats[qi + c] * v.Floats[kj + c]; dv.Floats[kj + c] += (float)(p[i * n + j] * dO.Floats[qi + c]); } mean += dp[j] * p[i * n + j]; }
                for (var j = 0; j < n; j++) { var kj = (long)(s0 + j) * v.Shape.Last + g * d; var ds = p[i * n + j] * (dp[j] - mean) * scale; for (var c = 0; c < d; c++) { dq.Floats[qi + c] += (float)(ds * k.Floats[kj + c]); dk.Floats[kj + c] += (float)(ds * q.Floats[qi + c]); } }
            }
        }
    }
}
