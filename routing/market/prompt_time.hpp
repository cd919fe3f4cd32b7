// How a host's time to first token grows with the prompt when the host is as busy as usual:
// A + B · thousands of uncached prompt tokens, in seconds. Recursive least squares with forgetting 0.995,
// each sample weighted by 1/prediction² so that long prompts do not outvote short ones, and its residual
// clipped at half the prediction so that one stuck request does not move the line; at more where the line is
// not known yet, as for the first long prompt at a host that saw short ones only.
// A value, no thread rule. Source: Haykin, Adaptive Filter Theory, "the RLS algorithm".
#pragma once

namespace routing {

struct PromptTime {
  double base = 0.6;             // A, seconds
  double per_kilotoken = 0.125;  // B, seconds
  // Covariance of (A, B), in units of the relative noise.
  double base_variance = unseen_base_variance;
  double covariance = 0;
  double per_kilotoken_variance = unseen_per_kilotoken_variance;

  double seconds(double kilotokens) const { return base + per_kilotoken * kilotokens; }
  // Of ln(seconds), as far as the line itself is uncertain at this length. At most 1.
  double log_variance(double kilotokens) const;
  // `seconds` at an otherwise idle host, that is, with the effect of our own load taken out.
  void absorb(double kilotokens, double seconds);

  static constexpr double unseen_base_variance = 0.36;
  static constexpr double unseen_per_kilotoken_variance = 0.04;
};

}  // namespace routing
