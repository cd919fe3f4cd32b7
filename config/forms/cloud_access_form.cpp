// How Amazon, Google and Microsoft are told who asks: keys that are named, and those that a machine or a
// workload is given, where that is switched on.
#include <algorithm>

#include "config/forms/access_form.hpp"
#include "config/forms/credential.hpp"
#include "config/forms/leaf.hpp"
#include "config/forms/service_account.hpp"
#include "config/values/address.hpp"
#include "config/values/masked.hpp"

namespace config {
namespace {

// Where Amazon, Google and Microsoft have the servers of their machines.
BaseUrl usual_machine_server() {
  return {.scheme = BaseUrl::Scheme::http, .host = "169.254.169.254", .port = 80, .path = {}};
}

// Nobody else can be meant, or listen between.
bool is_of_this_machine(std::string_view host) {
  return is_loopback(host) || is_link_local(host) || host == "fd00:ec2::254" ||
         host == "metadata.google.internal";
}

void check_open(const Node& node, const BaseUrl& url) {
  if (url.scheme == BaseUrl::Scheme::http && !is_of_this_machine(url.host)) {
    node.error("`http` sends what says who you are in the open", "write `https`");
  }
}

void check_token_file(const Node& node, const std::string& file) {
  if (!file.empty() && !file.starts_with('/')) node.refuse("a path from the root");
}

// "us-east-1", "us-gov-west-1".
bool is_region(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return std::ranges::all_of(text, allowed) && std::ranges::count(text, '-') >= 2 && text.size() < 40 &&
         text.back() >= '0' && text.back() <= '9';
}

// What goes into the head of requests.
Secret key_of_environment(const Node& node, const char* name) {
  std::string value(of_environment(node, name).value_or(Secret()).reveal());
  // As secrets are often written into files and variables.
  while (value.ends_with('\n')) value.pop_back();
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (std::ranges::none_of(value, is_odd)) return Secret(std::move(value));
  node.error("the variable `" + std::string(name) + "` holds characters that no key has",
             "remove blanks, line ends and control characters");
  return {};
}

// A host of Amazon's is of one region, and refuses signatures for another.
void check_region(const Node& node, const ProviderSettings& provider) {
  const AwsAccess& aws = *provider.access.aws;
  if (aws.region.empty()) return;
  if (!is_region(aws.region)) {
    node["aws"]["region"].refuse("a region of Amazon's such as `us-east-1`");
    return;
  }
  const std::string& host = provider.base_url.host;
  const bool is_amazons =
      host.ends_with(".amazonaws.com") || host.ends_with(".api.aws") || host.ends_with(".amazonaws.com.cn");
  if (is_amazons && host.find("." + aws.region + ".") == std::string::npos) {
    node["aws"]["region"].error("the base URL is of another region than " + in_quotes(aws.region),
                                "requests are signed for the region that answers them");
  }
}

void check_keys(const Node& node, ProviderSettings& provider) {
  AwsAccess& aws = *provider.access.aws;
  const bool says_keys = node["aws"].has("access_key_id") || node["aws"].has("secret_access_key");
  if (!says_keys) {
    aws.access_key_id = key_of_environment(node, "AWS_ACCESS_KEY_ID");
    aws.secret_access_key = key_of_environment(node, "AWS_SECRET_ACCESS_KEY");
    aws.session_token = key_of_environment(node, "AWS_SESSION_TOKEN");
  }
  aws.is_absent = aws.access_key_id.empty() || aws.secret_access_key.empty();
  if (aws.is_absent && !provider.optional) {
    node["aws"].key_error(says_keys
                              ? "an access key has an id and a secret, and one of them is not there"
                              : "the variables `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` are not set",
                          "set them, or name others with `access_key_id` and `secret_access_key`");
  }
}

void check_web_identity(const Node& node, ProviderSettings& provider) {
  AwsAccess& aws = *provider.access.aws;
  const auto fill = [&](std::string& value, const char* name) {
    if (!value.empty()) return;
    if (const auto said = of_environment(node, name)) value = std::string(said->reveal());
  };
  fill(aws.role, "AWS_ROLE_ARN");
  fill(aws.token_file, "AWS_WEB_IDENTITY_TOKEN_FILE");
  aws.is_absent = aws.role.empty() || aws.token_file.empty();
  if (aws.is_absent && !provider.optional) {
    node["aws"].key_error("a web identity has a role and a file with its token, and one of them is not said",
                          "set `role_arn` and `token_file`, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE");
  }
  check_token_file(node["aws"]["token_file"], aws.token_file);
}

void check_aws(const Node& node, ProviderSettings& provider) {
  using Source = AwsAccess::Source;
  check_region(node, provider);
  AwsAccess& aws = *provider.access.aws;
  const Node said = node["aws"];
  const auto refuse = [&](std::string_view key, std::string_view when) {
    if (said.has(key)) said[key].error("is not used " + std::string(when), "remove it, or change `source`");
  };
  if (aws.source == Source::keys) {
    for (const std::string_view key : {"role_arn", "token_file", "issuer"}) {
      refuse(key, "where `source` is `keys`");
    }
    return check_keys(node, provider);
  }
  for (const std::string_view key : {"access_key_id", "secret_access_key", "session_token"}) {
    refuse(key, "where keys are fetched");
  }
  if (aws.source == Source::web_identity) {
    check_web_identity(node, provider);
    const bool is_china = aws.region.starts_with("cn-");
    if (!aws.issuer) {
      aws.issuer = BaseUrl{.host = "sts." + aws.region + (is_china ? ".amazonaws.com.cn" : ".amazonaws.com"),
                           .path = {}};
    }
  } else {
    for (const std::string_view key : {"role_arn", "token_file"}) refuse(key, "by an instance's role");
    if (!aws.issuer) aws.issuer = usual_machine_server();
  }
  check_open(said["issuer"], *aws.issuer);
}

void check_google(const Node& node, ProviderSettings& provider) {
  const Node said = node["google"];
  const GoogleAccess& google = *provider.access.google;
  const bool has_key = said.has("service_account");
  if (google.metadata_server) check_open(said["metadata_server"], *google.metadata_server);
  if (has_key && google.metadata_server) {
    said.error("more than one of `service_account` and `metadata_server` says who asks", "keep one of them");
  } else if (!has_key && !google.metadata_server) {
    said.error("nothing says who asks", "name a `service_account`, or write `metadata_server: true`");
  } else if (has_key && google.is_absent && !provider.optional) {
    refuse_absent(said["service_account"]);
  }
}

void check_entra(const Node& node, ProviderSettings& provider) {
  const Node said = node["entra"];
  const EntraAccess& entra = *provider.access.entra;
  const bool is_open = entra.authority.scheme == BaseUrl::Scheme::http && !is_loopback(entra.authority.host);
  if (is_open) said["authority"].error("`http` sends the application's secret in the open", "write `https`");
  if (entra.managed_identity) {
    check_open(said["managed_identity"], *entra.managed_identity);
    for (const std::string_view key : {"tenant", "client_secret", "token_file"}) {
      if (said.has(key)) said[key].error("is not used with `managed_identity`", "keep one of them");
    }
    return;
  }
  for (const std::string_view key : {"tenant", "client_id"}) {
    if (!said.has(key)) said.error("the key `" + std::string(key) + "` is missing", "");
  }
  check_token_file(said["token_file"], entra.token_file);
  const bool has_secret = said.has("client_secret"), has_file = said.has("token_file");
  if (has_secret == has_file) {
    said.error(
        has_secret ? "more than one of `client_secret` and `token_file` says who asks"
                   : "nothing says who asks",
        "an application has a `client_secret`, or a `token_file` of its workload; a machine of Azure's "
        "own identity is `managed_identity: true`");
  } else if (has_secret && entra.client_secret.empty() && !provider.optional) {
    refuse_absent(said["client_secret"]);
  }
}

}  // namespace

std::optional<MachineServerForm::Value> MachineServerForm::read(const Node& node) const {
  if (node.kind() == Tree::Kind::text && (node.text() == "true" || node.text() == "false")) {
    return node.text() == "true" ? std::optional(usual) : std::nullopt;
  }
  auto url = BaseUrlForm{}.read(node);
  return url ? std::optional<Value>(std::move(*url)) : std::nullopt;
}

JsonMembers MachineServerForm::schema() const {
  return {{"anyOf", json_list({json_object({{"type", json_string("boolean")}}),
                               json_object(BaseUrlForm{}.schema())})}};
}

const Fields<AwsAccess>& aws_fields() {
  using S = AwsAccess;
  const auto into = [](Secret S::*member) {
    return [member](S& s, Credential c) { s.*member = std::move(c.secret); };
  };
  static const Fields<S> fields = {
      .meaning = "keys of Amazon's",
      .list = {
          field<S>("region", &S::region, TextForm{.wanted = "a region such as `us-east-1`", .longest = 40},
                   "The region that the base URL is of.", Need::required),
          field<S>("service", &S::service, TextForm{.wanted = "the name of a service", .longest = 40},
                   "As Amazon calls it in signatures: `bedrock`, `bedrock-mantle` or "
                   "`aws-external-anthropic`. That of the host when left out."),
          field<S>(
              "source", &S::source, WordForm<AwsAccess::Source>{{"keys", "web_identity", "instance_role"}},
              "Where keys come from. `keys`: from here or the environment; `web_identity`: a role's, for "
              "the token in a file, as in Kubernetes; `instance_role`: this machine's, of the server that "
              "only machines of Amazon's reach (IMDSv2)."),
          field<S>("access_key_id", into(&S::access_key_id), CredentialForm{Absence::accepted},
                   "${NAME} or ${file:/path}. AWS_ACCESS_KEY_ID of the environment when left out."),
          field<S>("secret_access_key", into(&S::secret_access_key), CredentialForm{Absence::accepted},
                   "AWS_SECRET_ACCESS_KEY of the environment when left out."),
          field<S>("session_token", into(&S::session_token), CredentialForm{Absence::accepted},
                   "Of temporary keys; AWS_SESSION_TOKEN of the environment when all three are left out."),
          field<S>("role_arn", &S::role, TextForm{.wanted = "the ARN of a role", .longest = 2'048},
                   "The role of a web identity. AWS_ROLE_ARN of the environment when left out."),
          field<S>("token_file", &S::token_file, TextForm{.wanted = "the path of a file", .longest = 4'096},
                   "The token of a web identity, read anew each time. AWS_WEB_IDENTITY_TOKEN_FILE of the "
                   "environment when left out."),
          field<S>(
              "issuer", [](S& s, BaseUrl url) { s.issuer = std::move(url); }, BaseUrlForm{},
              "Who gives temporary keys. The region's STS, or http://169.254.169.254, when left out."),
      }};
  return fields;
}

const Fields<GoogleAccess>& google_fields() {
  using S = GoogleAccess;
  static const Fields<S> fields = {
      .meaning = "a service account of Google's",
      .list = {field<S>(
                   "service_account",
                   [](S& s, Credential c) {
                     s.is_absent = c.secret.empty();
                     s.file = std::move(c.secret);
                   },
                   CredentialForm{Absence::accepted, Holds::document},
                   "The account's key as Google gives it, JSON: ${file:/path} of mode 600, or ${NAME}."),
               field<S>("metadata_server", &S::metadata_server, MachineServerForm{usual_machine_server()},
                        "`true`: access tokens are those of this machine's own account, of the server that "
                        "only machines of Google's reach. An address is where that server is.")},
      .check = [](const Node& node, S& account) {
        if (account.is_absent || account.file.empty()) return;
        if (const auto fault = read_service_account(account)) {
          node["service_account"].key_error(*fault,
                                            "it is the JSON file that Google gives for a key of the account");
        }
      }};
  return fields;
}

const Fields<EntraAccess>& entra_fields() {
  using S = EntraAccess;
  static const Fields<S> fields = {
      .meaning = "an application of Microsoft Entra's, or a machine's identity",
      .list = {
          field<S>("tenant", &S::tenant, TextForm{.wanted = "a directory's id or name", .longest = 100},
                   "The directory: its id, or a domain of it."),
          field<S>("client_id", &S::client_id, TextForm{.wanted = "an application's id", .longest = 100},
                   "The application's id; of several identities of one machine, which."),
          field<S>(
              "client_secret", [](S& s, Credential c) { s.client_secret = std::move(c.secret); },
              CredentialForm{Absence::accepted}, "The application's secret: ${NAME} or ${file:/path}."),
          field<S>("token_file", &S::token_file, TextForm{.wanted = "the path of a file", .longest = 4'096},
                   "The token of a workload that the application trusts, read anew each time, instead of a "
                   "secret; in AKS the path that AZURE_FEDERATED_TOKEN_FILE holds."),
          field<S>("managed_identity", &S::managed_identity, MachineServerForm{usual_machine_server()},
                   "`true`: access tokens are those of this machine's own identity, of the server that only "
                   "machines of Azure's reach (IMDS). An address is where that server is."),
          field<S>("scope", &S::scope, TextForm{.wanted = "a scope", .longest = 300},
                   "What the token is for. Foundry may want https://ai.azure.com/.default."),
          field<S>("authority", &S::authority, BaseUrlForm{},
                   "Who gives tokens; other clouds have another one."),
      }};
  return fields;
}

void check_cloud_access(const Node& node, ProviderSettings& provider) {
  if (provider.access.aws) check_aws(node, provider);
  if (provider.access.google) check_google(node, provider);
  if (provider.access.entra) check_entra(node, provider);
}

}  // namespace config
