#include "time_stamps.hpp"

#include <cstdio>

namespace standin {
namespace {

constexpr std::int64_t kTicksPerSecond = 10'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

// Days since 0001-01-01 of the proleptic Gregorian calendar (after H. Hinnant's algorithms).
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month <= 2) --year;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         306;
}

struct Date {
  long year;
  long month;
  long day;
};

Date date_of(std::int64_t days) {
  days += 306;
  const std::int64_t era = days / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const long month = static_cast<long>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  const long year = static_cast<long>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
  return {year, month, static_cast<long>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

}  // namespace

std::string time_stamp_to_text(std::int64_t ticks) {
  if (ticks <= 0) return "0000-00-00T00:00:00,0000000";
  const std::int64_t seconds = (ticks - 1) / kTicksPerSecond;
  const Date date = date_of(seconds / kSecondsPerDay);
  const long second = static_cast<long>(seconds % kSecondsPerDay);
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%04ld-%02ld-%02ldT%02ld:%02ld:%02ld,%07ld",
                                   date.year, date.month, date.day, second / 3600, second / 60 % 60,
                                   second % 60, static_cast<long>((ticks - 1) % kTicksPerSecond));
  return std::string(text, static_cast<std::size_t>(length));
}

std::optional<std::int64_t> parse_time_stamp(std::string_view text) {
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0;
  int length = 0;
  const std::string copy(text);
  const int fields = std::sscanf(copy.c_str(), "%4u-%2u-%2uT%2u:%2u:%2u%*1[.,]%7u%n", &year, &month,
                                 &day, &hour, &minute, &second, &fraction, &length);
  if (fields != 7 || length != 27 || copy.size() != 27) return std::nullopt;
  if (year == 0) return 0;
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = days_of(year, month, day);
  if (date_of(days).day != static_cast<long>(day)) return std::nullopt;  // 30 February
  const std::int64_t seconds = days * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  return seconds * kTicksPerSecond + fraction + 1;
}

}  // namespace standin
