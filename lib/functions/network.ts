import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Ids of a network that is there already. */
export interface NetworkIds {
  vpcId: string;
  availabilityZones: readonly string[];
  privateSubnetIds: readonly string[];
  securityGroupIds: readonly string[];
}

/** Where a function runs. */
export interface Network {
  vpc: IVpc;
  vpcSubnets: SubnetSelection;
  securityGroups: ISecurityGroup[];
}

/** A network by its ids: nothing is looked up, so the template is made without access to the account. */
export function networkOf(scope: Construct, id: string, ids: NetworkIds): Network {
  const place = new Construct(scope, id);
  const vpc = Vpc.fromVpcAttributes(place, 'Vpc', {
    vpcId: ids.vpcId,
    availabilityZones: [...ids.availabilityZones],
  });
  return {
    vpc,
    vpcSubnets: {
      subnets: ids.privateSubnetIds.map((subnetId) =>
        Subnet.fromSubnetAttributes(place, subnetId, { subnetId }),
      ),
    },
    securityGroups: ids.securityGroupIds.map((groupId) =>
      SecurityGroup.fromSecurityGroupId(place, groupId, groupId, { mutable: false }),
    ),
  };
}

/** Lets Lambda connect a function of this role to its network. */
export function mayJoinNetwork(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ],
      // None of these can be limited to interfaces that are not there yet.
      resources: ['*'],
    }),
  );
}
