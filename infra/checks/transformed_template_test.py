"""Tests the template that SAM makes of template.yaml for CloudFormation: it must contain the snapshots, the aliases, the
authorizer at its alias, the canary deployment and the alarms that roll it back. Run it with the SAM CLI's own Python, which
includes the transform:

    "$(head -1 "$(command -v sam)" | cut -c3-)" infra/checks/transformed_template_test.py [FILE]

With FILE, it also writes the transformed template there, for cfn-lint and checkov.
"""

import json
import os
import re
import sys
import unittest
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


class NoManagedPolicies:
    def load(self):
        return {}


def transformed(**parameters):
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/" + resource["Properties"]["CodeUri"]
    return transform(template, parameters, NoManagedPolicies())


TEMPLATE = transformed()
RESOURCES = TEMPLATE["Resources"]


def of_type(kind, resources=RESOURCES):
    return {name: resource for name, resource in resources.items() if resource["Type"] == kind}


FUNCTIONS = of_type("AWS::Lambda::Function")


class TransformedTemplate(unittest.TestCase):
    def test_every_function_is_snapshotted_and_called_at_its_alias(self):
        self.assertEqual(8, len(FUNCTIONS))
        for name, function in FUNCTIONS.items():
            self.assertEqual({"ApplyOn": "PublishedVersions"}, function["Properties"]["SnapStart"], name)
            self.assertEqual("java25", function["Properties"]["Runtime"], name)
            self.assertEqual({"Mode": "Active"}, function["Properties"]["TracingConfig"], name)
            alias = RESOURCES[name + "Aliaslive"]["Properties"]
            self.assertEqual("live", alias["Name"])
            version = alias["FunctionVersion"]["Fn::GetAtt"][0]
            self.assertEqual({"Ref": name}, RESOURCES[version]["Properties"]["FunctionName"])

    def test_a_changed_variable_makes_a_new_version(self):
        def versions(resources):
            # Every function but the three without links in their responses has the variable.
            return {name for name in of_type("AWS::Lambda::Version", resources)
                    if not name.startswith(("Authorizer", "AdminPage", "BootstrapAdmin"))}

        before = (ROOT / "template.yaml").read_text()
        changed = yaml_parse(before.replace("BASE_URL: !Ref BaseUrl", 'BASE_URL: "https://other.example.net"'))
        for resource in changed["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = "s3://bucket/" + resource["Properties"]["CodeUri"]
        after = versions(transform(changed, {}, NoManagedPolicies())["Resources"])
        self.assertEqual(5, len(after))
        self.assertEqual(set(), versions(RESOURCES) & after)

    def test_a_server_error_of_the_gateway_falls_back_to_the_contracts_500(self):
        responses = RESOURCES["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]
        for type in ("API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE",
                     "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"):
            self.assertNotIn(type, responses)
        # API Gateway gives its status code to every 5xx type without an entry.
        self.assertEqual("500", str(responses["DEFAULT_5XX"]["statusCode"]))

    def test_every_route_calls_the_alias_and_may(self):
        calls = set()
        for path, methods in RESOURCES["Api"]["Properties"]["Body"]["paths"].items():
            for method, operation in methods.items():
                uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                function = re.search(r"functions/\$\{(\w+)Aliaslive\}/invocations$", uri).group(1)
                calls.add(function)
        self.assertEqual({name for name in FUNCTIONS if name not in ("AuthorizerFunction", "BootstrapAdminFunction")}, calls)
        allowed = {json.dumps(permission["Properties"]["FunctionName"]) for permission in
                   of_type("AWS::Lambda::Permission").values()}
        for function in calls:
            self.assertIn(json.dumps({"Ref": function + "Aliaslive"}), allowed)

    def test_the_authorizer_is_asked_at_its_alias_and_api_gateway_may_ask(self):
        body = RESOURCES["Api"]["Properties"]["Body"]
        authorizer = body["components"]["securitySchemes"]["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]
        self.assertEqual(0, authorizer["authorizerResultTtlInSeconds"])
        self.assertNotIn("identitySource", authorizer)
        self.assertEqual(
            {"__FunctionArn__": {"Fn::Sub": "${AuthorizerFunction.Arn}:live"}}, authorizer["authorizerUri"]["Fn::Sub"][1])
        permission = RESOURCES["AuthorizerPermission"]
        self.assertEqual("AuthorizerFunctionAliaslive", permission["DependsOn"])
        self.assertEqual({"Fn::Sub": "${AuthorizerFunction.Arn}:live"}, permission["Properties"]["FunctionName"])
        self.assertEqual("apigateway.amazonaws.com", permission["Properties"]["Principal"])
        self.assertTrue(permission["Properties"]["SourceArn"]["Fn::Sub"].endswith("${Api}/authorizers/*"))

    def test_every_route_but_the_admin_page_asks_the_authorizer(self):
        open_routes = [
            (method, path)
            for path, methods in RESOURCES["Api"]["Properties"]["Body"]["paths"].items()
            for method, operation in methods.items()
            if operation["security"] != [{"TokenAuthorizer": []}]
        ]
        self.assertEqual([("get", "/Admin/getToken")], open_routes)

    def test_a_new_version_is_a_canary_that_alarms_roll_back(self):
        groups = of_type("AWS::CodeDeploy::DeploymentGroup")
        self.assertEqual({name + "DeploymentGroup" for name in FUNCTIONS}, set(groups))
        for name, group in groups.items():
            properties = group["Properties"]
            self.assertEqual("Canary10Percent10Minutes", properties["DeploymentConfigName"]["Fn::Sub"][1]["ConfigName"])
            self.assertIn("DEPLOYMENT_STOP_ON_ALARM", properties["AutoRollbackConfiguration"]["Events"])
            alarms = [alarm["Name"]["Ref"] for alarm in properties["AlarmConfiguration"]["Fn::If"][1]["Alarms"]]
            self.assertEqual(["FunctionErrorsAlarm", "ApiFaultsAlarm", "AuthorizerFaultsAlarm"], alarms)
            for alarm in alarms:
                self.assertEqual("AWS::CloudWatch::Alarm", RESOURCES[alarm]["Type"])
            function = name.removesuffix("DeploymentGroup")
            update = RESOURCES[function + "Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
            self.assertEqual({"Ref": name}, update["DeploymentGroupName"])

    def test_an_unguarded_stack_has_no_canary(self):
        resources = transformed(Guarded="false")["Resources"]
        self.assertEqual({}, of_type("AWS::CodeDeploy::DeploymentGroup", resources))

    def test_alarms_watch_every_function(self):
        def watched(alarm):
            return {
                metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
                for metric in RESOURCES[alarm]["Properties"]["Metrics"]
                if "MetricStat" in metric
            }

        self.assertEqual(set(FUNCTIONS), watched("FunctionThrottlesAlarm"))
        self.assertEqual(set(FUNCTIONS) - {"AuthorizerFunction"}, watched("FunctionErrorsAlarm"))
        for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
            self.assertEqual("notBreaching", alarm["Properties"]["TreatMissingData"], name)
            self.assertIn("AlarmTopic", json.dumps(alarm["Properties"]["AlarmActions"]), name)
            self.assertIn("infra/docs/runbook.md", alarm["Properties"]["AlarmDescription"], name)

    def test_the_runbook_has_every_alarm(self):
        runbook = (ROOT / "infra/docs/runbook.md").read_text()
        for name in of_type("AWS::CloudWatch::Alarm"):
            self.assertIn("## " + name + "\n", runbook)

    def test_the_stage_throttles_traces_and_logs(self):
        stage = RESOURCES["ApiStage"]["Properties"]
        self.assertTrue(stage["TracingEnabled"])
        self.assertEqual({"Fn::GetAtt": ["AccessLogs", "Arn"]}, stage["AccessLogSetting"]["DestinationArn"])
        json.loads(stage["AccessLogSetting"]["Format"])
        self.assertEqual(3, len(stage["MethodSettings"]))

    def test_no_policy_of_ours_has_a_star(self):
        for name, role in of_type("AWS::IAM::Role").items():
            for policy in role["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    self.assertNotIn("*", json.dumps([statement["Action"], statement["Resource"]]), name)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv.pop(1)).write_text(json.dumps(TEMPLATE, indent=1))
    unittest.main()
