#include "gateway/simulate/comparison_plots.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "gateway/text/svg_chart.hpp"

namespace gateway {
namespace {

// What one host asked for and how long it took, over everybody's answers of the first seed.
struct HostPoint {
  double seconds = 0;
  double dollars = 0;  // per 1,000 requests
  double answers = 0;
};

std::vector<HostPoint> hosts_of(const Comparison& comparison) {
  std::vector<HostPoint> points(comparison.host_names.size());
  for (const Contestant& standing : comparison.standings) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      const routing::HostShare& host = standing.first.hosts[i];
      points[i].answers += static_cast<double>(host.answers);
      points[i].seconds += host.ttft + host.generation;
      points[i].dollars += 1000 * host.dollars;
    }
  }
  for (HostPoint& point : points) {
    if (point.answers == 0) continue;
    point.seconds /= point.answers;
    point.dollars /= point.answers;
  }
  return points;
}

// The panels of a picture with several: one per contender, at most nine.
std::vector<const Contestant*> panels(const Comparison& comparison) {
  std::vector<const Contestant*> chosen;
  for (const Contestant& standing : comparison.standings) {
    if (chosen.size() < 9) chosen.push_back(&standing);
  }
  return chosen;
}

Frame panel_frame(std::size_t n) {
  return {.left = 70.0 + 360 * static_cast<double>(n % 3),
          .top = 40.0 + 300 * static_cast<double>(n / 3),
          .width = 280,
          .height = 210};
}

int panel_height(std::size_t count) {
  return static_cast<int>(300 * ((count + 2) / 3) + 20);
}

std::string titled(const Contestant& standing) {
  char text[48];
  std::snprintf(text, sizeof text, "  (regret %.1f %%)", 100 * standing.regret);
  return standing.kind == Entrant::Kind::oracle ? standing.name : standing.name + text;
}

Plot market(const Comparison& comparison) {
  const std::vector<HostPoint> hosts = hosts_of(comparison);
  double most_seconds = 1e-9, most_dollars = 1e-9;
  for (const HostPoint& host : hosts) {
    most_seconds = std::max(most_seconds, host.seconds * 1.15);
    most_dollars = std::max(most_dollars, host.dollars * 1.15);
  }
  const double per_second = comparison.value_per_hour / 3600 * 1000;  // dollars per 1,000 requests
  std::string charts;
  const auto shown = panels(comparison);
  for (std::size_t n = 0; n < shown.size(); ++n) {
    const Contestant& standing = *shown[n];
    SvgChart chart(panel_frame(n), {"seconds to the whole answer, mean", 0, most_seconds},
                   {"$ per 1,000 requests", 0, most_dollars}, titled(standing));
    const double highest = most_dollars + per_second * most_seconds;
    for (int i = 1; i <= 8; ++i) {
      // Along a line of equal cost a second less is worth the dollars that it costs more.
      const double whole = highest * i / 9;
      const double left = std::max(0.0, (whole - most_dollars) / std::max(per_second, 1e-12));
      const double right = std::min(most_seconds, whole / std::max(per_second, 1e-12));
      const std::vector<Point> line{{left, whole - per_second * left}, {right, whole - per_second * right}};
      if (left < right) chart.line(line, "#b8c4d6", 1, "3,4");
    }
    double answers = 0;
    for (const routing::HostShare& host : standing.first.hosts) answers += static_cast<double>(host.answers);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      if (hosts[i].answers == 0) continue;
      const Point at{hosts[i].seconds, hosts[i].dollars};
      const double share = answers == 0 ? 0 : static_cast<double>(standing.first.hosts[i].answers) / answers;
      chart.bubble(at, 2, "#777777", 1);
      if (share > 0.001) chart.bubble(at, 3 + 30 * std::sqrt(share), series_colour(i), 0.4);
    }
    charts += chart.svg();
  }
  return {"market",
          svg_picture(1110, panel_height(shown.size()),
                      "The market: hosts, lines of equal cost, and where each contender went", charts)};
}

Plot frontier(const Comparison& comparison) {
  struct Dot {
    const Contestant* standing;
    Point at;
  };
  std::vector<Dot> dots;
  double most_seconds = 1e-9, most_dollars = 1e-9;
  for (const Contestant& standing : comparison.standings) {
    const Point at{standing.sum.total.mean(),
                   1000 * standing.sum.dollars / static_cast<double>(standing.sum.requests)};
    most_seconds = std::max(most_seconds, at.x * 1.1);
    most_dollars = std::max(most_dollars, at.y * 1.1);
    dots.push_back({&standing, at});
  }
  SvgChart chart({.left = 70, .top = 40, .width = 560, .height = 400},
                 {"seconds to the whole answer, mean", 0, most_seconds},
                 {"$ per 1,000 requests", 0, most_dollars}, "Dollars against seconds");
  std::vector<Point> policies;
  for (const Dot& dot : dots) {
    if (dot.standing->kind == Entrant::Kind::policy) policies.push_back(dot.at);
  }
  std::ranges::sort(policies, {}, &Point::x);
  if (policies.size() > 1) chart.line(policies, series_colour(0), 1.5, "2,3");
  int place = 0;
  for (std::size_t i = 0; i < dots.size(); ++i) {
    const bool is_policy = dots[i].standing->kind == Entrant::Kind::policy;
    const std::string_view colour = series_colour(i);
    chart.bubble(dots[i].at, is_policy ? 6 : 4, colour, 0.9);
    chart.legend(place++, dots[i].standing->name, colour);
  }
  return {"frontier", svg_picture(830, 500, "Dollars against seconds", chart.svg())};
}

Plot first_tokens(const Comparison& comparison) {
  double most = 1;
  for (const Contestant& standing : comparison.standings) {
    if (standing.sum.ttft.total() > 0) most = std::max(most, standing.sum.ttft.quantile(0.999));
  }
  SvgChart chart({.left = 70, .top = 40, .width = 560, .height = 400},
                 {"seconds to the first token", 0.1, most, Scale::logarithmic},
                 {"share of answers, %", 0, 100}, "How soon first tokens came");
  for (std::size_t i = 0; i < comparison.standings.size(); ++i) {
    const Contestant& standing = comparison.standings[i];
    if (standing.sum.ttft.total() == 0) continue;
    std::vector<Point> line;
    for (int k = 1; k <= 999; k += k < 950 ? 10 : 1) {
      line.push_back({std::max(0.1, standing.sum.ttft.quantile(k / 1000.0)), k / 10.0});
    }
    chart.line(line, series_colour(i), standing.kind == Entrant::Kind::policy ? 2.5 : 1.3,
               standing.kind == Entrant::Kind::baseline ? "5,3" : "");
    chart.legend(static_cast<int>(i), standing.name, series_colour(i));
  }
  return {"ttft", svg_picture(830, 500, "How soon first tokens came", chart.svg())};
}

Plot shares(const Comparison& comparison) {
  std::string charts;
  const auto shown = panels(comparison);
  for (std::size_t n = 0; n < shown.size(); ++n) {
    const auto& slices = shown[n]->first.shares;
    SvgChart chart(panel_frame(n), {"share of the trace passed, %", 0, 100}, {"share of requests, %", 0, 100},
                   shown[n]->name);
    std::vector<double> below(slices.size(), 0.0);
    for (std::size_t host = 0; host < comparison.host_names.size(); ++host) {
      std::vector<Point> outline, back;
      for (std::size_t s = 0; s < slices.size(); ++s) {
        const double all = std::accumulate(slices[s].begin(), slices[s].end(), 0.0);
        const double x = 100 * (static_cast<double>(s) + 0.5) / static_cast<double>(slices.size());
        back.push_back({x, below[s]});
        if (all > 0) below[s] += 100 * slices[s][host] / all;
        outline.push_back({x, below[s]});
      }
      outline.insert(outline.end(), back.rbegin(), back.rend());
      chart.area(outline, series_colour(host));
    }
    charts += chart.svg();
  }
  const int height = panel_height(shown.size());
  std::string names;
  for (std::size_t host = 0; host < comparison.host_names.size(); ++host) {
    const double x = 70 + 150 * static_cast<double>(host % 7);
    const double y = height + 14 + 18 * static_cast<double>(host / 7);
    names += legend_entry(x, y, comparison.host_names[host], series_colour(host));
  }
  const int rows = static_cast<int>((comparison.host_names.size() + 6) / 7);
  return {"shares", svg_picture(1110, height + 24 + 18 * rows, "Who got the traffic, when", charts + names)};
}

}  // namespace

std::vector<Plot> comparison_plots(const Comparison& comparison) {
  return {market(comparison), frontier(comparison), first_tokens(comparison), shares(comparison)};
}

}  // namespace gateway
